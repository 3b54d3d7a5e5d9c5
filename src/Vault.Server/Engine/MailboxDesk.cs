using Google.Protobuf;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>Mailboxes: a joiner to an opener, an old device to a new one. The relay sees boxes only.</summary>
public sealed class MailboxDesk
{
    private const string JoinMethod = "/vault.v1.MailboxService/PostJoin";
    private const int SealedNameBytes = 2 << 10;
    private const int LinkBoxBytes = 80 << 10;
    private const int LinkSteps = 4;

    private readonly RelayParts _parts;
    private readonly LinkWaiters _waiters;
    private readonly RateLimiter<string> _posts;

    internal MailboxDesk(RelayParts parts)
    {
        _parts = parts;
        _waiters = new LinkWaiters(parts);
        _posts = new RateLimiter<string>(parts.Limits.LinkPostsPerPeer, 10_000, parts.Time);
    }

    /// <summary>What an invite session's invite is for.</summary>
    public async Task<GetInvitationResponse> GetInvitationAsync(Session session, CancellationToken cancellationToken)
    {
        var (invite, _) = await OpenAsync(session, cancellationToken);
        return new GetInvitationResponse
        {
            Invitation = new Invitation
            {
                Group = invite.Group.ToByteString(),
                Commit = invite.Opened.Id.ToByteString(),
                Opener = invite.Opener.ToByteString(),
            },
            Commit = invite.Commit ?? throw NoInvite(),
        };
    }

    /// <summary>A joiner's request, proven by the invite key and by a device of its account.</summary>
    public async Task<PostJoinResponse> PostJoinAsync(Session session, PostJoinRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var join = request.Join ?? throw RelayFaultException.Of(FaultCode.BadRequest, "join");
        if (join.Proof is null || join.Proof.Body.Length > Limits.JoinBodyBytes || join.SealedName.Length is 0 or > SealedNameBytes)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "join");
        }

        var (invite, record) = await OpenAsync(session, cancellationToken);
        var proof = _parts.Proofs.OpenRequestBody(request.Proof, JoinMethod, join.ToByteArray());
        if (!proof.Account.IsEmpty || !proof.Device.IsEmpty)
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed, "the invite key signs");
        }

        Proofs.RequireSignature(request.Proof, session.Key);
        var account = await CheckJoinAsync(join, invite, record, cancellationToken);
        var result = await _parts.WriteAsync(
            new StoreWrite.PostJoin(session.Invite, new StoredJoin(account, join, _parts.Time.GetUtcNow())), cancellationToken);
        return result.Applied ? new PostJoinResponse() : throw RelayFaultException.Of(FaultCode.Mailbox, "taken or closed");
    }

    /// <summary>Join requests that wait in a group, for those who may add.</summary>
    public async Task<ListJoinsResponse> ListJoinsAsync(Session session, ListJoinsRequest request, CancellationToken cancellationToken)
    {
        GroupChecks.RequireDevice(session);
        ArgumentNullException.ThrowIfNull(request);
        var id = GroupChecks.Group(request.Group);
        var group = await _parts.Chains.GroupAsync(id, cancellationToken);
        if (group?.MemberOf(session.Account) is not { } member)
        {
            throw GroupChecks.Unknown();
        }

        if (member.Role < Role.Admin)
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed);
        }

        var invites = await _parts.Store.ReadInvitesAsync(InviteQuery.InGroup(id), cancellationToken);
        var response = new ListJoinsResponse();
        response.Joins.AddRange(invites.Where(invite => invite.Join is not null).Select(invite => invite.Join!.Request).Take(Limits.OpenInvites));
        return response;
    }

    /// <summary>One step of linking a device.</summary>
    public async Task<PostLinkResponse> PostLinkAsync(string peer, PostLinkRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var mailbox = Mailbox(request.Mailbox, request.Step);
        if (request.Box.Length is 0 or > LinkBoxBytes)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "box");
        }

        _posts.Take(peer);
        var write = new StoreWrite.PostLink(
            mailbox, (int)request.Step, request.Box.Memory, _parts.Time.GetUtcNow(), _parts.Limits.LinkLifetime, _parts.Limits.LinkMailboxes);
        var result = await _parts.WriteAsync(write, cancellationToken);
        _waiters.Wake(mailbox);
        return result.Status switch
        {
            WriteStatus.Applied => new PostLinkResponse(),
            WriteStatus.OverQuota => throw RelayFaultException.Of(FaultCode.RateLimited, "mailboxes", TimeSpan.FromMinutes(1)),
            _ => throw RelayFaultException.Of(FaultCode.Mailbox, "wrong step, other bytes, or expired"),
        };
    }

    /// <summary>Waits a while for a step.</summary>
    public async Task<GetLinkResponse> GetLinkAsync(GetLinkRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var mailbox = Mailbox(request.Mailbox, request.Step);
        using var waiter = _waiters.Add(mailbox);
        while (true)
        {
            var steps = await _parts.Store.ReadLinkAsync(mailbox, cancellationToken);
            if (steps.Count > 0 && _parts.Time.GetUtcNow() - steps[0].OpenedAt > _parts.Limits.LinkLifetime)
            {
                throw RelayFaultException.Of(FaultCode.Mailbox, "expired");
            }

            if (steps.Count >= request.Step)
            {
                return new GetLinkResponse { Box = UnsafeByteOperations.UnsafeWrap(steps[(int)request.Step - 1].Box) };
            }

            if (!await waiter.WaitAsync(cancellationToken))
            {
                return new GetLinkResponse();
            }
        }
    }

    private async Task<(StoredInvite Invite, OpenInviteRecord Record)> OpenAsync(Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Kind != SessionKind.Invite)
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed, "an invite session is needed");
        }

        var invites = await _parts.Store.ReadInvitesAsync(InviteQuery.ById(session.Invite), cancellationToken);
        if (invites is not [var invite])
        {
            throw NoInvite();
        }

        var group = await _parts.Chains.GroupAsync(invite.Group, cancellationToken);
        return group?.Invites.GetValueOrDefault(session.Invite) is { } record ? (invite, record) : throw NoInvite();
    }

    private async Task<AccountId> CheckJoinAsync(
        JoinRequest join, StoredInvite invite, OpenInviteRecord record, CancellationToken cancellationToken)
    {
        if (!Canonical.TryParse(JoinBody.Parser, join.Proof.Body, out var body) || !AccountId.TryParse(body.Account, out var id))
        {
            throw RelayFaultException.Of(FaultCode.InviteProof, "body");
        }

        var account = await _parts.Chains.AccountAsync(id, cancellationToken);
        var page = await _parts.Store.ReadAccountAsync(id, 0, Limits.AccountBytes, cancellationToken);
        if (account is null || page is null)
        {
            throw RelayFaultException.Of(FaultCode.InviteProof, "the joiner is not registered here");
        }

        var fault = JoinProofRules.Check(join.Proof, body, invite.Group, record, account, [.. page.Entries.Select(stored => stored.Entry)]);
        if (fault is null && !body.SealedNameHash.Span.SequenceEqual(TaggedHash.Of(Purpose.HashSealedName, join.SealedName.Span)))
        {
            fault = new Fault(FaultCode.InviteProof, "sealed name");
        }

        return fault is null ? id : throw new RelayFaultException(fault);
    }

    private static Hash32 Mailbox(ByteString bytes, uint step) =>
        Hash32.TryParse(bytes.Span, out var mailbox) && step is >= 1 and <= LinkSteps
            ? mailbox
            : throw RelayFaultException.Of(FaultCode.BadRequest, "mailbox or step");

    private static RelayFaultException NoInvite() => RelayFaultException.Of(FaultCode.Mailbox, "closed or unknown invite");
}
