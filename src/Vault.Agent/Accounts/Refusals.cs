using Vault.Client;
using Vault.Core;
using Vault.Ipc;
using Vault.Ipc.V1;
using Vault.Protocol.V1;

namespace Vault.Agent.Accounts;

/// <summary>What the client refuses, as an exit code, a sentence and a next step.</summary>
internal static class Refusals
{
    public static AgentException Of(VaultException refused)
    {
        var code = CodeOf(refused);
        var fault = refused.Fault;
        var error = new AgentError { Code = code, Message = refused.Message, NextStep = NextStep(refused) };
        if (fault.Code != FaultCode.Unspecified)
        {
            error.Fault = (uint)fault.Code;
            error.FaultName = FaultNames.Of(fault.Code);
            error.Chain = fault.Chain?.ToString() ?? "";
            error.Author = fault.Author?.ToString() ?? "";
            error.RetryAfterMs = (uint)(fault.RetryAfter?.TotalMilliseconds ?? 0);
            if (fault.Seq is { } seq)
            {
                error.Seq = seq;
            }
        }

        return new AgentException(error, refused);
    }

    private static ExitCode CodeOf(VaultException refused) => refused switch
    {
        { IsOffline: true } => ExitCode.Offline,
        { Refusal: ClientRefusal.NoAccount or ClientRefusal.Locked } => ExitCode.Locked,
        { Refusal: ClientRefusal.HasAccount } => ExitCode.Conflict,
        { Refusal: ClientRefusal.NotFound } => ExitCode.NotFound,
        { Refusal: ClientRefusal.Ambiguous } => ExitCode.Ambiguous,
        { Refusal: ClientRefusal.Forbidden } => ExitCode.Forbidden,
        { Refusal: ClientRefusal.BadArgument } => ExitCode.Usage,
        { Refusal: ClientRefusal.TooLarge } => ExitCode.Limit,
        { Refusal: ClientRefusal.Storage } => ExitCode.Error,
        { Refusal: ClientRefusal.InUse } => ExitCode.Busy,
        { Refusal: ClientRefusal.NotConfirmed } => ExitCode.Cancelled,
        { Refusal: ClientRefusal.NewerHome } => ExitCode.NewerFormat,
        { Refusal: ClientRefusal.InFlight } => ExitCode.Conflict,
        _ => CodeOf(refused.Code),
    };

    /// <summary>What a fault means to the person at the keyboard.</summary>
    public static ExitCode CodeOf(FaultCode fault) => fault switch
    {
        FaultCode.Unspecified => ExitCode.Error,
        FaultCode.NewerFormat => ExitCode.NewerFormat,
        FaultCode.ForbiddenByRole or FaultCode.TargetOutranks or FaultCode.PersonalGroup or FaultCode.UnverifiedContact
            or FaultCode.RegistrationClosed or FaultCode.NotAllowed or FaultCode.NotAMember => ExitCode.Forbidden,
        FaultCode.NoOwnerLeft or FaultCode.SelfRemoval or FaultCode.AlreadyMember or FaultCode.SameRole or FaultCode.UnknownInvite
            or FaultCode.InviteExpired or FaultCode.Mailbox or FaultCode.AccountExists or FaultCode.Quarantined
            or FaultCode.GroupClosed or FaultCode.HeadMoved or FaultCode.RemovalsWait or FaultCode.CutOff => ExitCode.Conflict,
        FaultCode.UnknownMember or FaultCode.UnknownItem or FaultCode.ItemDeleted or FaultCode.UnknownGroup
            or FaultCode.UnknownAccount => ExitCode.NotFound,
        FaultCode.TooLarge or FaultCode.TooManyMembers or FaultCode.TooManyChanges or FaultCode.TooManyInvites
            or FaultCode.TooManyItems or FaultCode.TooManyDevices or FaultCode.AccountFull or FaultCode.Quota => ExitCode.Limit,
        FaultCode.WrongPassword or FaultCode.Unauthenticated or FaultCode.DeviceRevoked or FaultCode.SessionRevoked
            or FaultCode.DeviceNotAuthorised => ExitCode.Unauthenticated,
        FaultCode.BadInviteCode or FaultCode.BadEvidence => ExitCode.Usage,
        FaultCode.RateLimited or FaultCode.RecoveryWindow => ExitCode.Busy,
        FaultCode.StoreUnavailable => ExitCode.Offline,
        FaultCode.BadNonce or FaultCode.BadRequest or FaultCode.BadToken or FaultCode.ForeignToken => ExitCode.Error,
        FaultCode.WrongRelayName => ExitCode.Usage,
        // Everything else is a peer's bytes that break a rule: never retried blindly.
        _ => ExitCode.Integrity,
    };

    private static string NextStep(VaultException refused) => refused switch
    {
        { IsOffline: true } => "svault status",
        { Refusal: ClientRefusal.NoAccount } => "svault register, or svault login",
        { Refusal: ClientRefusal.Locked } => "svault unlock",
        { Refusal: ClientRefusal.Ambiguous } => "Name it by its id.",
        { Refusal: ClientRefusal.InFlight } => "svault sync",
        { Code: FaultCode.NewerFormat } => "Update Vault on this device.",
        { Code: FaultCode.RemovalsWait } => "svault removal list",
        { Code: FaultCode.Forked } => "svault group evidence, then svault group adopt-relay or adopt-mine",
        _ => "",
    };
}
