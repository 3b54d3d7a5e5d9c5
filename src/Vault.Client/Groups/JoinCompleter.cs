using Vault.Client.Sync;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto.Groups;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Groups;

/// <summary>
/// The opener's side of an invite: whoever holds the code proved it, so the opener's own device adds them by itself. The relay's
/// word counts for nothing: chain, proof and expiry are judged here.
/// </summary>
internal sealed class JoinCompleter(ClientCore core, GroupPusher pusher, PersonalRecords records)
{
    /// <summary>Completes every waiting join of a group that the own account opened the invite for.</summary>
    public async Task CompleteAsync(FollowedGroup group, CancellationToken cancellation)
    {
        if (core.Keys is null || group.State is not { } state || !state.Invites.Values.Any(invite => invite.Opener == core.Account!.Id))
        {
            group.WantsJoins = false;
            return;
        }

        var request = new ListJoinsRequest { Group = group.Id.ToByteString() };
        var waiting = await core.Calls.CallAsync((relay, options) => relay.Mailbox.ListJoinsAsync(request, options), cancellation);
        group.WantsJoins = false;
        foreach (var join in waiting.Joins)
        {
            try
            {
                await CompleteAsync(group, join, cancellation);
            }
            catch (VaultException refused) when (!refused.IsOffline)
            {
                // One bad request in the mailbox is no reason to leave the next one waiting.
                group.Fault = refused.Fault;
            }
        }
    }

    private async Task CompleteAsync(FollowedGroup group, JoinRequest request, CancellationToken cancellation)
    {
        if (request.Proof is not { } proof || !Canonical.TryParse(JoinBody.Parser, proof.Body, out var join)
            || !InviteId.TryParse(join.Invite, out var inviteId) || !AccountId.TryParse(join.Account, out var joiner))
        {
            throw new VaultException(new Fault(FaultCode.InviteProof, "request"));
        }

        if (group.State!.Invites.GetValueOrDefault(inviteId) is not { } invite || invite.Opener != core.Account!.Id)
        {
            return;
        }

        CheckExpiry(group, invite);
        var (account, entries) = await MemberAnchors.FetchAsync(core.Calls, joiner, cancellation);
        if (JoinProofRules.Check(proof, join, group.Id, invite, account, entries) is { } fault)
        {
            throw new VaultException(fault.At(group.Id.Value, group.VerifiedSeq, joiner));
        }

        if (records.AgainstPin(joiner, entries) is { } isOther)
        {
            throw new VaultException(isOther);
        }

        if (!join.SealedNameHash.Span.SequenceEqual(JoinNames.HashOf(request.SealedName.Span)))
        {
            throw new VaultException(new Fault(FaultCode.InviteProof, "name").At(group.Id.Value, group.VerifiedSeq, joiner));
        }

        var name = OpenName(group, inviteId, joiner, request);
        var adds = false;
        var commit = await pusher.CommitAsync(
            group,
            draft =>
            {
                // Somebody else may have completed it, or closed it, on the head that this is built on now.
                if (!draft.Before.Invites.ContainsKey(inviteId) || draft.Before.MemberOf(joiner) is not null)
                {
                    return false;
                }

                adds = !IsFromBeforeTheEnd(draft.Before, invite, joiner);
                if (!adds)
                {
                    draft.Body.CloseInvites.Add(new CloseInvite { Invite = inviteId.ToByteString() });
                    draft.OpenKey(startEpoch: false);
                    draft.Note(core.WallMs);
                    return true;
                }

                draft.Add(account, entries, invite.Role, proof);
                draft.OpenKey(startEpoch: false);
                draft.SealToAdded();
                draft.Note(core.WallMs, new MemberName { Account = joiner.ToByteString(), Name = name });
                return true;
            },
            rotates: false,
            cancellation);
        if (commit is not null && adds)
        {
            records.PinByInvite(joiner, account.Head, name);
        }
    }

    // A code from before somebody's membership ended, or a request that was left in the mailbox, brings them back to nothing (attack: who
    // is removed has kept a second code, and the opener's own device lets them in again). Whoever is wanted again is invited again.
    private bool IsFromBeforeTheEnd(VerifiedGroup before, OpenInviteRecord invite, AccountId joiner) =>
        before.FormerMembers.ContainsKey(joiner)
        && core.Replica.Chains.Commits(before.Id, invite.Opened.Seq + 1)
            .Any(entry => Departure.Ends(GroupBody.Parser.ParseFrom(entry.Body), joiner.ToByteString()));

    private void CheckExpiry(FollowedGroup group, OpenInviteRecord invite)
    {
        var key = core.RequireKeys().Of(group.Id).KeyOf(invite.Terms.Epoch);
        var terms = key is null ? null : BoxedFields.OpenTerms(key, group.Id, invite.Id, invite.Terms);
        if (terms is null || core.WallMs > terms.ExpiresMs)
        {
            throw new VaultException(new Fault(FaultCode.InviteExpired).At(group.Id.Value, invite.Opened.Seq, invite.Opener));
        }
    }

    private string OpenName(FollowedGroup group, InviteId invite, AccountId joiner, JoinRequest request)
    {
        foreach (var key in core.RequireKeys().Daily.SealingKeys.Reverse())
        {
            if (JoinNames.Open(key, group.Id, invite, joiner, request.SealedName.Span) is { } name)
            {
                return name.Name;
            }
        }

        return "";
    }
}
