using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client;

/// <summary>What each fault means to a person, and what to do: one sentence or two, then the fault with its place and author.</summary>
public static class FaultAdvice
{
    /// <summary>The message for a fault.</summary>
    public static string Of(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var advice = Sentence(fault.Code);
        return advice.Length == 0 ? fault.ToString() : $"{advice} [{fault}]";
    }

    /// <summary>What a fault means for a group as it stands, for a row of a table: short, with the command that ends it where there is one.</summary>
    public static string Brief(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return fault.Code switch
        {
            FaultCode.RemovalsWait => "edits wait until it is settled who stays removed: svault removal list",
            FaultCode.CutOff => "edits wait: the relay's operator cut off commits that this device has; ask them which branch they pick",
            FaultCode.RecoveryWindow => "edits wait while the relay takes back what it lost; its operator can close the recovery window",
            FaultCode.Forked => $"{fault}: svault group evidence keeps the proof, adopt-relay or adopt-mine ends it",
            _ => fault.ToString(),
        };
    }

    private static string Sentence(FaultCode code) => code switch
    {
        FaultCode.NewerFormat => "A newer version of Vault wrote this. Update this program.",
        FaultCode.ForbiddenByRole => "Your role in this group does not allow that. Ask an admin or the owner.",
        FaultCode.TargetOutranks => "That person's role is not below yours, so you cannot act on it. Ask the owner.",
        FaultCode.NoOwnerLeft => "The group would be left without an owner. Make somebody else owner first.",
        FaultCode.SelfRemoval => "Nobody removes themselves. Leave the group instead.",
        FaultCode.AlreadyMember => "That person is a member already.",
        FaultCode.SameRole => "That person has this role already.",
        FaultCode.NotAMember => "This account is not a member of the group any more.",
        FaultCode.GroupClosed => "The group was closed: nothing can be written to it any more.",
        FaultCode.TooManyItems => "The group holds as many items as it may.",
        FaultCode.TooManyMembers => "The group holds as many members as it may.",
        FaultCode.TooManyInvites => "Too many invites are open in this group. Close one first.",
        FaultCode.PersonalGroup => "A personal group takes no other member. Create a shared group.",
        FaultCode.BadEpoch => "A group key was started wrongly by the author named. The next writer starts a new one.",
        FaultCode.DamagedItem => "The item does not open: whoever wrote it made a defect. Its last good value is kept.",
        FaultCode.BlobWithheld => "The relay does not serve the content of an item. Another member can put it again.",
        FaultCode.Forked => "The relay shows another history of this group than the one verified here. Nothing is sent. Ask other members what they see, then choose a side: svault group adopt-relay, or adopt-mine.",
        FaultCode.RemovalsWait => "Members whom the branch that lost had removed are members again. Edits wait until that is settled: svault removal list.",
        FaultCode.BadEvidence => "This file shows no fork.",
        FaultCode.RelayBehind => "The relay lacks commits that this account verified, here or on another device. What is here is being sent back; the rest comes when the relay shows it again, or another device brings it.",
        FaultCode.Withheld => "The relay does not name a group that this account knows. If it lost its data, its operator opens a recovery window, and this device gives the group back.",
        FaultCode.WrongPassword => "The password or the Secret Key is wrong.",
        FaultCode.LockerMismatch => "The relay served another locker than the one the account's chain names. Nothing was opened.",
        FaultCode.AccountMismatch => "The relay served another account than the one asked for.",
        FaultCode.BadInviteCode => "This is no invite code, or a digit is mistyped. Copy it again.",
        FaultCode.InvitationMismatch => "The invitation that the relay served is not the one this code was made for. Ask for a new code.",
        FaultCode.BadPin => "The relay's key is not the pinned one. Either its operator changed it, or this is another server: ask the operator for the new address with its pin.",
        FaultCode.ReplicaChanged => "The files on this disk were changed or rolled back while locked. Log in anew in an empty home.",
        FaultCode.ClonedDevice => "Another copy of this device signs commits. If you restored or copied this home, remove one of them; else revoke the device.",
        FaultCode.AccountForked => "This account's chain has two branches.",
        FaultCode.InviteExpired => "The invite has expired. Ask for a new code.",
        FaultCode.Quarantined => "An edit cannot be sent any more and is kept aside with its reason.",
        FaultCode.KeyMismatch => "A private key of this home is missing or is not the certified one. Log in anew in an empty home.",
        FaultCode.DeviceRevoked => "This device's authority has ended.",
        FaultCode.UnverifiedContact => "This person was never met by an invite code or by compared words. Invite them by code.",
        FaultCode.RelayRefuses => "The relay refuses a change that is valid by the rules every client follows. It is kept here and sent again; if that goes on, ask the operator, or move to another relay.",
        FaultCode.Unauthenticated => "The relay does not know this key.",
        FaultCode.WrongRelayName => "The relay goes by another name than the one dialled. Check the address.",
        FaultCode.NotAllowed => "The relay does not allow this call.",
        FaultCode.UnknownGroup => "The relay holds no such group, or does not let this account see it.",
        FaultCode.UnknownAccount => "The relay holds no such account. If it lost its data, its operator opens a recovery window, and this device gives everything back.",
        FaultCode.BadToken or FaultCode.ForeignToken => "The place to read on from was not known to the relay; the group is read anew.",
        FaultCode.RateLimited => "The relay asks to wait before the next try.",
        FaultCode.Quota => "The quota at the relay is used up. Ask its operator.",
        FaultCode.RegistrationClosed => "The relay takes no registrations without a code. Ask its operator for one.",
        FaultCode.AccountExists => "This account or login is registered already.",
        FaultCode.RecoveryWindow => "The relay lost data and takes only what is given back to it until its operator closes the recovery window. Edits are kept and sent then; a password or an invite that it does not know yet is not wrong: keep it, and try again then.",
        FaultCode.CutOff => "The relay's operator cut off commits that this device has. They are kept here, and edits wait, until the operator picks them, or other commits stand in their place and you take those: svault group adopt-relay.",
        FaultCode.StoreUnavailable => "The relay cannot reach its store now. Nothing was acknowledged; edits are kept and sent again.",
        FaultCode.Mailbox => "The invite was used, closed, or is unknown to this relay. Ask for a new code.",
        FaultCode.TooLarge => "It is over the size limit.",
        _ => "",
    };
}
