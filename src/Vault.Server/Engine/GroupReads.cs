using Vault.Core;
using Vault.Core.Attestations;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using static Vault.Server.Engine.GroupChecks;

namespace Vault.Server.Engine;

/// <summary>Pages, blobs and the poll; staging; deletion.</summary>
public sealed class GroupReads
{
    private const string StageMethod = "/vault.v1.GroupService/PutBlobs";
    private const string DeleteMethod = "/vault.v1.GroupService/DeleteGroup";
    private const int BlobsPerGet = 256;
    private const int BlobsBytes = 2 << 20;
    private const int AttestationsPerCall = 256;
    private const int KnownPerCall = 4_096;
    private const int KnownHeadsMax = 64;

    private readonly RelayParts _parts;
    private readonly RateLimiter<(DeviceId, GroupId)> _attestations;
    private readonly RateLimiter<DeviceId> _misses;

    internal GroupReads(RelayParts parts)
    {
        _parts = parts;
        _attestations = new RateLimiter<(DeviceId, GroupId)>(parts.Limits.Attestations, 100_000, parts.Time);
        _misses = new RateLimiter<DeviceId>(parts.Limits.MissReports, 50_000, parts.Time);
    }

    /// <summary>One page after a token, or after the newest head that caller and relay both know, and the head of the same read.</summary>
    public async Task<PullResponse> PullAsync(Session session, PullRequest request, CancellationToken cancellationToken)
    {
        RequireDevice(session);
        ArgumentNullException.ThrowIfNull(request);
        _parts.Pulse.RequireConfirming();
        var group = Group(request.Group);
        var token = After(group, request.Token);
        if (request.Known.Count > KnownHeadsMax || (request.Known.Count > 0 && token is not null))
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "known heads");
        }

        var known = request.Known.Count == 0 ? null : await AfterKnownAsync(session, group, request.Known, cancellationToken);
        var page = known?.Page ?? await PageAsync(session, group, token, cancellationToken) ?? throw RelayFaultException.Of(FaultCode.ForeignToken);
        var after = known?.After ?? token;
        var reached = page.Commits.Count > 0 ? page.Commits[^1].Head : after ?? page.Head;
        var response = new PullResponse
        {
            Token = new ChangeToken(group, reached).ToByteString(),
            Head = page.Head.ToGroupHead(),
            More = page.More,
            After = known?.After.ToGroupHead(),
        };

        // Below the newest head that the caller knows, most of what is live is there already.
        var isNew = request.Known.Count == 0 || (known is not null && known.Value.After.ToGroupHead().Equals(request.Known[0]));
        if (request.InlineBlobs && isNew && page.Reader is { IsMember: true })
        {
            var (records, _) = await RecordsAsync(_parts.Store, group, page.Commits, Limits.PullPageBytes, cancellationToken);
            response.Commits.AddRange(records);
        }
        else
        {
            response.Commits.AddRange(page.Commits.Select(commit => new CommitRecord { Commit = commit.Entry }));
        }

        return response;
    }

    // The page after a head, cut for its reader. Null: the head is not on the chain that the reader may see.
    private async Task<GroupPage?> PageAsync(Session session, GroupId group, ChainHead? after, CancellationToken cancellationToken)
    {
        var page = await _parts.Store.ReadGroupAsync(group, after, Limits.PullPageBytes, session.Account, cancellationToken);
        if (page?.Reader is null)
        {
            throw Unknown();
        }

        page = CutFor(page);
        return page.AfterStands && !(after?.Seq > page.Head.Seq) ? page : null;
    }

    // The page after the first head of a list that stands here. Null: none does.
    private async Task<(GroupPage Page, ChainHead After)?> AfterKnownAsync(
        Session session, GroupId group, IReadOnlyList<GroupHead> known, CancellationToken cancellationToken)
    {
        foreach (var one in known)
        {
            var head = ChainHead.TryParse(one, out var parsed) ? parsed : throw RelayFaultException.Of(FaultCode.BadRequest, "known heads");
            if (await PageAsync(session, group, head, cancellationToken) is { } page)
            {
                return (page, head);
            }
        }

        return null;
    }

    /// <summary>Blobs by hash.</summary>
    public async Task<GetBlobsResponse> GetBlobsAsync(Session session, GetBlobsRequest request, CancellationToken cancellationToken)
    {
        RequireDevice(session);
        ArgumentNullException.ThrowIfNull(request);
        var group = Group(request.Group);
        if (request.Hashes.Count is 0 or > BlobsPerGet || request.Hashes.Any(hash => hash.Length != Hash32.Size))
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "hashes");
        }

        RequireMember(await _parts.Store.ReadGroupAsync(group, null, 0, session.Account, cancellationToken));
        var hashes = request.Hashes.Select(hash => BlobHash.Parse(hash.Span)).Distinct().ToList();
        var page = await _parts.Store.ReadBlobsAsync(group, hashes, BlobsBytes, liveOnly: false, cancellationToken);
        var response = new GetBlobsResponse();
        response.Blobs.AddRange(page.Found.Select(ToWire));
        response.Absent.AddRange(page.Absent.Select(hash => hash.ToByteString()));
        return response;
    }

    /// <summary>Stages what a later commit names.</summary>
    public async Task<PutBlobsResponse> PutBlobsAsync(Session session, PutBlobsRequest request, CancellationToken cancellationToken)
    {
        RequireDevice(session);
        ArgumentNullException.ThrowIfNull(request);
        var id = Group(request.Group);
        var blobs = Blobs(request.Blobs, BlobsBytes);
        var content = request.Blobs.SelectMany(blob => BlobHashes.Of(blob.Content.Span).ToArray()).ToArray();
        var proof = _parts.Proofs.OpenRequestBody(request.Proof, StageMethod, content);
        var group = await _parts.Chains.GroupAsync(id, cancellationToken);
        if (group?.MemberOf(session.Account) is not { } member)
        {
            throw Unknown();
        }

        if (member.Role < Role.Editor || group.Closed)
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed);
        }

        var account = await _parts.Chains.AccountAsync(session.Account, cancellationToken);
        if (proof.Account != session.Account.ToByteString() || proof.Device != session.Device.ToByteString()
            || account is null || !account.IsAuthorised(session.Device))
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed, "the session's device signs");
        }

        Proofs.RequireSignature(request.Proof, account.Devices[session.Device].SigningKey);
        var result = await _parts.WriteAsync(
            new StoreWrite.StageBlobs(id, blobs, OnlyNamed: false, _parts.Time.GetUtcNow(), GroupQuota.For(member.Role, _parts.Limits.GroupBytes)),
            cancellationToken);
        return result.Status switch
        {
            WriteStatus.Applied => new PutBlobsResponse(),
            WriteStatus.OverQuota => throw RelayFaultException.Of(FaultCode.Quota, "group"),
            _ => throw Unknown(),
        };
    }

    /// <summary>The poll: read from the store after the request arrived, or refused; never an old answer.</summary>
    public async Task<HeadsResponse> HeadsAsync(Session session, HeadsRequest request, CancellationToken cancellationToken)
    {
        RequireDevice(session);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Attestations.Count > AttestationsPerCall || request.Known.Count > KnownPerCall)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "attestations");
        }

        _parts.Pulse.RequireConfirming();
        await KeepAsync(session, request.Attestations, cancellationToken);
        var known = new Dictionary<(GroupId, DeviceId), ulong>();
        foreach (var one in request.Known)
        {
            if (GroupId.TryParse(one.Group, out var group) && DeviceId.TryParse(one.Device, out var device))
            {
                known[(group, device)] = one.Counter;
            }
        }

        var overview = await _parts.Store.ReadOverviewAsync(
            new OverviewQuery(session.Account, session.Device, known, AttestationsPerCall), cancellationToken);
        CountMisses(session, request.MissedHints, overview.Groups.Count);
        var response = new HeadsResponse { AccountHead = overview.AccountHead?.ToAccountHead(), JoinsWaiting = (uint)overview.JoinsWaiting, WantsLocker = overview.WantsLocker };
        foreach (var (membership, head, wantsBlobs) in overview.Groups)
        {
            response.Heads.Add(new NamedHead
            {
                Group = membership.Group.ToByteString(),
                Head = (membership.Ended ?? head).ToGroupHead(),
                Member = membership.IsMember,
                WantsBlobs = wantsBlobs && membership.IsMember,
            });
        }

        response.Attestations.AddRange(overview.Attestations);
        return response;
    }

    /// <summary>Deletes a group, for an owner.</summary>
    public async Task<DeleteGroupResponse> DeleteAsync(DeleteGroupRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = Group(request.Group);
        var proof = _parts.Proofs.OpenRequestBody(request.Proof, DeleteMethod, request.Group.Span);
        var group = await _parts.Chains.GroupAsync(id, cancellationToken) ?? throw Unknown();
        if (!AccountId.TryParse(proof.Account, out var account) || group.MemberOf(account) is not { } member)
        {
            throw Unknown();
        }

        var owner = await _parts.Chains.AccountAsync(account, cancellationToken);
        if (member.Role != Role.Owner || owner is null)
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed);
        }

        var key = owner.IdentityKey;
        if (!proof.Device.IsEmpty)
        {
            key = DeviceId.TryParse(proof.Device, out var device) && owner.IsAuthorised(device)
                ? owner.Devices[device].SigningKey
                : throw RelayFaultException.Of(FaultCode.NotAllowed);
        }

        Proofs.RequireSignature(request.Proof, key);
        var result = await _parts.WriteAsync(new StoreWrite.DeleteGroup(id), cancellationToken);
        return result.Applied ? new DeleteGroupResponse() : throw Unknown();
    }

    internal static ChainHead? After(GroupId group, Google.Protobuf.ByteString bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        if (!ChangeToken.TryParse(bytes, out var token))
        {
            throw RelayFaultException.Of(FaultCode.BadToken);
        }

        return token.Group == group ? token.Head : throw RelayFaultException.Of(FaultCode.ForeignToken);
    }

    // A client's number is a claim, and the metric wakes an operator: one report counts for at most the groups that its account
    // has, since a poll finds one head in each, and a device is heard a few times a minute, as often as it polls.
    private void CountMisses(Session session, uint claimed, int groups)
    {
        var counted = (int)Math.Min(claimed, (uint)groups);
        if (counted > 0 && _misses.TryTake(session.Device) is null)
        {
            _parts.Metrics.Missed(counted);
        }
    }

    // An attestation only warns, so one that does not count must not cost its device the poll: it is dropped and counted.
    private async Task KeepAsync(Session session, IReadOnlyList<Attestation> attestations, CancellationToken cancellationToken)
    {
        var kept = new List<StoredAttestation>();
        foreach (var attestation in attestations)
        {
            if (Canonical.TryParse(AttestationBody.Parser, attestation.Body, out var body)
                && GroupId.TryParse(body.Group, out var id)
                && body.Device == session.Device.ToByteString() && body.Account == session.Account.ToByteString()
                && await _parts.Chains.GroupAsync(id, cancellationToken) is { } group
                && AttestationRules.Check(attestation, group) is { IsValid: true, Value: var verified }
                && _attestations.TryTake((verified.Device, id)) is null)
            {
                kept.Add(new StoredAttestation(id, verified.Account, verified.Device, verified.Counter, attestation));
            }
            else
            {
                _parts.Metrics.AttestationDropped();
            }
        }

        if (kept.Count > 0)
        {
            await _parts.WriteAsync(new StoreWrite.KeepAttestations(kept), cancellationToken);
        }
    }
}
