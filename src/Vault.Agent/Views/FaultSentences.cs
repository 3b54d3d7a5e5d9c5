using Vault.Core;
using Vault.Protocol.V1;

namespace Vault.Agent.Views;

/// <summary>What a fault means for a group as it stands, and what a person does about it.</summary>
internal static class FaultSentences
{
    /// <summary>One sentence, or part of one. What is named here nobody else mends.</summary>
    public static string Of(Fault fault) => fault.Code switch
    {
        FaultCode.RemovalsWait => "edits wait until it is settled who stays removed: svault removal list",
        FaultCode.RecoveryWindow => "edits wait while the relay takes back what it lost; its operator can close the recovery window",
        FaultCode.Forked => $"{fault}: svault group evidence keeps the proof, adopt-relay or adopt-mine ends it",
        _ => fault.ToString(),
    };

    /// <summary>The command that goes on from here. Empty: there is none.</summary>
    public static string NextStep(FaultCode code) => code switch
    {
        FaultCode.RemovalsWait => "svault removal list",
        FaultCode.Forked => "svault group evidence, then svault group adopt-relay or adopt-mine",
        FaultCode.NewerFormat => "Update Vault on this device.",
        _ => "",
    };
}
