using Google.Protobuf;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Client.Transport;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Codes;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Groups;

/// <summary>
/// The joiner's side of an invite: what the relay serves must be what the code was made for, signed by a device of the opener;
/// then a proof by the invite key and by this device goes into the mailbox.
/// </summary>
internal sealed class Joiner(ClientCore core)
{
    public async Task<JoinView> JoinAsync(string text, string name, CancellationToken cancellation)
    {
        var account = core.RequireAccount();
        var keys = core.RequireKeys();
        if (InviteCodes.Parse(text) is not { } code)
        {
            throw new VaultException(new Fault(FaultCode.BadInviteCode));
        }

        if (!RelayAddress.TryParse(code.Relay, out var relay) || relay.RelayName != account.Relay.RelayName)
        {
            throw VaultException.Refuse(
                ClientRefusal.BadArgument, $"The invite is for the relay {code.Relay}; this account is at {account.Relay.Text}.");
        }

        using var inviteKey = InviteCodes.DeriveKey(code.Secret.Span);
        using var caller = core.Calls.As(nonce => SignedProofs.InviteSession(account.Relay.RelayName, nonce, inviteKey));
        var (group, commit, opener, anchor) = await CheckAsync(caller, code, inviteKey, cancellation);
        if (core.Groups.GetValueOrDefault(group)?.State?.MemberOf(account.Id) is not null)
        {
            throw VaultException.Refuse(ClientRefusal.BadArgument, "This account is a member of that group already.");
        }

        // Followed before it is asked for: the answer may be here before the post's own.
        core.Replica.Database.Transact("join", () => ReplicaGuard.Follow(core, keys, group, Follow.Asked, commit, opener));
        var followed = core.Groups.GetValueOrDefault(group) ?? new FollowedGroup(group, core.Seams.Time) { Follow = Follow.Over };
        var before = (followed.Follow, followed.Floor, followed.Opener);
        followed.Follow = Follow.Asked;
        followed.Floor = commit;
        followed.Opener = opener;
        followed.WantsPull = true;
        core.Groups[group] = followed;
        try
        {
            await PostAsync(caller, inviteKey, keys.Device, group, commit, anchor, name, cancellation);
        }
        catch (VaultException refused) when (!refused.IsOffline && refused.Code != FaultCode.StoreUnavailable)
        {
            // What the relay refused is taken back, and nothing else: a request with another code may wait still, and who is let in by it
            // follows the group (seed 9522). A store that is unavailable refuses nothing: what it was given may stand, so it is waited for.
            core.Replica.Database.Transact("refused", () => core.Replica.Chains.SetGroup(group, before.Follow, before.Floor, before.Opener));
            (followed.Follow, followed.Floor, followed.Opener) = before;
            throw;
        }

        return new JoinView(group, opener, JoinState.Waiting);
    }

    private static async Task<(GroupId Group, EntryId Commit, AccountId Opener, VerifiedAccount Anchor)> CheckAsync(
        RelayCaller caller, InviteCode code, SigningKey inviteKey, CancellationToken cancellation)
    {
        GetInvitationResponse served;
        try
        {
            served = await caller.CallAsync((relay, options) => relay.Mailbox.GetInvitationAsync(new GetInvitationRequest(), options), cancellation);
        }
        catch (VaultException unknown) when (unknown.Code == FaultCode.Unauthenticated)
        {
            // No open invite has this key: used, closed, or never at this relay.
            throw new VaultException(new Fault(FaultCode.Mailbox));
        }

        if (served is not { Invitation: { } invitation, Commit: { } entry }
            || !GroupId.TryParse(invitation.Group, out var group) || !EntryId.TryParse(invitation.Commit, out var commit)
            || !AccountId.TryParse(invitation.Opener, out var opener) || !InviteCodes.Matches(code, group, commit, opener))
        {
            throw new VaultException(new Fault(FaultCode.InvitationMismatch));
        }

        if (!Canonical.TryParse(GroupBody.Parser, entry.Body, out var body) || !EntryId.TryParse(body.Prev, out var prev)
            || EntryIds.OfGroupCommit(prev, entry) != commit || body.Group != invitation.Group || body.AuthorAccount != invitation.Opener
            || !body.OpenInvites.Any(open => open.InviteKey.Span.SequenceEqual(inviteKey.PublicKey)))
        {
            throw new VaultException(new Fault(FaultCode.InvitationMismatch, "commit"));
        }

        var (anchor, _) = await MemberAnchors.FetchAsync(caller, opener, cancellation);
        var signer = DeviceId.TryParse(body.AuthorDevice, out var device) ? anchor.Devices.GetValueOrDefault(device) : null;
        if (signer is null || entry.Signatures.Count != 1
            || !Signatures.Verify(Purpose.SignGroupCommit, signer.SigningKey.Span, entry.Body.Span, entry.Signatures[0].Span))
        {
            throw new VaultException(new Fault(FaultCode.InvitationMismatch, "signature").At(group.Value, body.Seq, opener));
        }

        return (group, commit, opener, anchor);
    }

    private async Task PostAsync(
        RelayCaller caller,
        SigningKey inviteKey,
        SigningKey device,
        GroupId group,
        EntryId commit,
        VerifiedAccount opener,
        string name,
        CancellationToken cancellation)
    {
        var account = core.RequireAccount();
        var invite = KeyIds.OfInvite(inviteKey.PublicKey);
        var sealedName = JoinNames.Seal(new JoinName { Name = name }, group, invite, account.Id, opener.SealingKey.Span, core.Seams.Random);
        var join = new JoinBody
        {
            Version = 1,
            Group = group.ToByteString(),
            Invite = invite.ToByteString(),
            InviteCommit = commit.ToByteString(),
            Account = account.Id.ToByteString(),
            Device = account.Device.ToByteString(),
            Head = account.State.Head.ToAccountHead(),
            SealedNameHash = ByteString.CopyFrom(JoinNames.HashOf(sealedName)),
        };
        var request = new JoinRequest
        {
            Proof = SignedProofs.Join(join, inviteKey, device),
            SealedName = ByteString.CopyFrom(sealedName),
        };
        var proof = SignedProofs.Request(
            account.Relay.RelayName,
            await caller.NonceAsync(cancellation),
            "/vault.v1.MailboxService/PostJoin",
            request.ToByteArray(),
            null,
            null,
            inviteKey);
        var post = new PostJoinRequest { Join = request, Proof = proof };
        await caller.CallAsync((relay, options) => relay.Mailbox.PostJoinAsync(post, options), cancellation);
    }
}
