using Vault.Core.Accounts;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>
/// Proof of an invite code, bound to one joiner and one group (rule 328): the joiner signed with the key that only the
/// code's holder can derive, and with a device of the account to be added (attack: the relay completes the invite itself).
/// </summary>
public static class JoinProofRules
{
    /// <summary>The fault of a proof for this invite and this account, or null.</summary>
    public static Fault? Check(
        InviteProof proof,
        JoinBody join,
        GroupId group,
        OpenInviteRecord invite,
        VerifiedAccount account,
        IReadOnlyList<SignedEntry> accountEntries)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(join);
        ArgumentNullException.ThrowIfNull(invite);
        ArgumentNullException.ThrowIfNull(account);
        if (join.Version != ChainVerifier.FormatVersion)
        {
            return new Fault(FaultCode.InviteProof, "version");
        }

        if (join.Group != group.ToByteString() || join.Invite != invite.Id.ToByteString()
            || join.InviteCommit != invite.Opened.Id.ToByteString() || join.Account != account.Id.ToByteString())
        {
            return new Fault(FaultCode.InviteProof, "made for something else");
        }

        if (!Shape.Is32(join.SealedNameHash) || !ChainHead.TryParse(join.Head, out var head) || !Stands(head, account, accountEntries))
        {
            return new Fault(FaultCode.InviteProof, "head");
        }

        if (!DeviceId.TryParse(join.Device, out var id) || !account.Devices.TryGetValue(id, out var device) || !device.IsActive)
        {
            return new Fault(FaultCode.InviteProof, "device");
        }

        return Signatures.Verify(Purpose.SignJoinByInvite, invite.Key.Span, proof.Body.Span, proof.InviteSignature.Span)
            && Signatures.Verify(Purpose.SignJoinByDevice, device.SigningKey.Span, proof.Body.Span, proof.DeviceSignature.Span)
            ? null
            : new Fault(FaultCode.InviteProof, "signature");
    }

    // The joiner may have gone on since; what it signed must lie on the chain that is added.
    private static bool Stands(ChainHead head, VerifiedAccount account, IReadOnlyList<SignedEntry> entries) =>
        head.Seq <= account.Head.Seq && EntryIds.OfAccountEntryAt(entries, head.Seq) == head.Id;
}
