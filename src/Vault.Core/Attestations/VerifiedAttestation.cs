using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Attestations;

/// <summary>A statement that a device on the roster truly signed. It warns, and decides nothing.</summary>
public sealed class VerifiedAttestation
{
    internal VerifiedAttestation(Attestation attestation, AttestationBody body, ChainHead accountHead, ChainHead groupHead)
    {
        Attestation = attestation;
        Account = AccountId.Parse(body.Account.Span);
        Device = DeviceId.Parse(body.Device.Span);
        Counter = body.Counter;
        AccountHead = accountHead;
        GroupHead = groupHead;
        BadEpoch = body.BadEpoch;
        Echoes = body.Echoes.ToDictionary(echo => DeviceId.Parse(echo.Device.Span), echo => echo.Counter);
    }

    /// <summary>As signed.</summary>
    public Attestation Attestation { get; }

    /// <summary>The account whose device speaks.</summary>
    public AccountId Account { get; }

    /// <summary>The device.</summary>
    public DeviceId Device { get; }

    /// <summary>Rises with each attestation of the device for the group.</summary>
    public ulong Counter { get; }

    /// <summary>The account's own head as the device knows it.</summary>
    public ChainHead AccountHead { get; }

    /// <summary>The group's head as the device verified it.</summary>
    public ChainHead GroupHead { get; }

    /// <summary>Highest epoch that the device found bad; 0 for none.</summary>
    public ulong BadEpoch { get; }

    /// <summary>Newest counters it had seen of others.</summary>
    public IReadOnlyDictionary<DeviceId, ulong> Echoes { get; }
}
