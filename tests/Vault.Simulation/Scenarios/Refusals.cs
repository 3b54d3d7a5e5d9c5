using Vault.Client;
using Vault.Protocol.V1;
using Vault.Simulation.Validators;

namespace Vault.Simulation.Scenarios;

/// <summary>What a client may answer a person beside an honest relay and honest people, and what it may not.</summary>
internal static class Refusals
{
    // Each of these accuses somebody or gives up what was verified; nobody here does wrong, whatever crashes and gets lost.
    private static readonly HashSet<FaultCode> s_accusations =
    [
        FaultCode.ReplicaChanged, FaultCode.KeyMismatch, FaultCode.ClonedDevice, FaultCode.Forked, FaultCode.AccountForked, FaultCode.BadEpoch,
        FaultCode.RelayRefuses, FaultCode.WrongPassword, FaultCode.LockerMismatch, FaultCode.AccountMismatch, FaultCode.BadRequest,
        FaultCode.BadPin, FaultCode.InvitationMismatch,
    ];

    /// <summary>Throws where a refusal accuses somebody.</summary>
    public static void RequireHonest(string what, VaultException refused)
    {
        if (s_accusations.Contains(refused.Code))
        {
            throw new ViolationException("no accusation", $"{what} met {refused.Code}: {refused.Message}");
        }
    }

    /// <summary>Whether a fault in a status accuses somebody.</summary>
    public static bool Accuses(Core.Fault? fault) => fault is { } shown && s_accusations.Contains(shown.Code);

    /// <summary>In a word.</summary>
    public static string Name(VaultException refused) =>
        refused.IsOffline ? "offline" : refused.Code == FaultCode.Unspecified ? refused.Refusal.ToString() : refused.Code.ToString();
}
