using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Accounts;

/// <summary>What this home holds.</summary>
public enum ClientState
{
    /// <summary>No account: register or log in.</summary>
    NoAccount,

    /// <summary>An account without its keys: syncs, verifies and attests, opens nothing.</summary>
    Locked,

    /// <summary>The daily keys are in memory.</summary>
    Unlocked,
}

/// <summary>What a new account starts with.</summary>
public sealed record Registration
{
    /// <summary>Where the relay is; see <see cref="Transport.RelayAddress"/>.</summary>
    public required string Relay { get; init; }

    /// <summary>Own name, shown to members of groups and never to the relay. 1 to 256 bytes of UTF-8.</summary>
    public required string Name { get; init; }

    /// <summary>Name of this device, local. At most 256 bytes of UTF-8.</summary>
    public string DeviceName { get; init; } = "";

    /// <summary>Password, UTF-8. The caller wipes it.</summary>
    public required ReadOnlyMemory<byte> PasswordUtf8 { get; init; }

    /// <summary>The operator's registration code. Empty: none.</summary>
    public string RegistrationCode { get; init; } = "";
}

/// <summary>What a device that joins its account brings.</summary>
public sealed record Login
{
    /// <summary>Where the relay is.</summary>
    public required string Relay { get; init; }

    /// <summary>Password, UTF-8. The caller wipes it.</summary>
    public required ReadOnlyMemory<byte> PasswordUtf8 { get; init; }

    /// <summary>The Secret Key as in the emergency kit.</summary>
    public required string SecretKey { get; init; }

    /// <summary>Own name as groups know it. Empty: taken from the personal group.</summary>
    public string Name { get; init; } = "";

    /// <summary>Name of this device, local.</summary>
    public string DeviceName { get; init; } = "";

    /// <summary>
    /// Shown the devices that the verified chain certifies, before this one is added. False stops the login and leaves nothing.
    /// </summary>
    public required Func<IReadOnlyList<DeviceView>, Task<bool>> ConfirmDevices { get; init; }
}

/// <summary>A device of the own account.</summary>
public sealed record DeviceView(DeviceId Id, DeviceStatus Status, bool IsThisDevice);

/// <summary>
/// The emergency kit: shown once, kept by the person on paper, stored nowhere by this client except the Secret Key. The recovery
/// code opens the account alone, so it is kept apart from the Secret Key.
/// </summary>
public sealed record EmergencyKit(AccountId Account, string Relay, string SecretKey, string RecoveryCode);

/// <summary>Who this home is.</summary>
public sealed record AccountView(
    AccountId Account, string Name, DeviceId Device, string DeviceName, string Relay, GroupId? PersonalGroup, ulong Seq);
