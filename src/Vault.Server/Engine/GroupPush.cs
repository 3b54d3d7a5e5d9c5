using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using static Vault.Server.Engine.GroupChecks;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>
/// Commits come in by compare and swap on the head, judged by the same rules as clients judge them. The head is swapped in
/// the store's transaction; nothing here holds a lock meanwhile, so a slow group holds up nobody.
/// </summary>
public sealed class GroupPush
{
    private const int PushCommits = 16;
    private const int SuffixCommits = 4_096;
    private const int PushBytes = 1 << 20;
    private const int Attempts = 4;

    private readonly RelayParts _parts;
    private readonly PushComparison _comparison;
    private readonly RosterAccounts _accounts;
    private readonly RateLimiter<(AccountId, GroupId)> _commits;
    private readonly BranchDesk? _branches;

    internal GroupPush(RelayParts parts)
    {
        _parts = parts;
        _comparison = new PushComparison(parts);
        _accounts = new RosterAccounts(parts);
        _commits = new RateLimiter<(AccountId, GroupId)>(parts.Limits.CommitsPerMember, 50_000, parts.Time);
        _branches = parts.Branches is { } store ? new BranchDesk(parts, store, _commits) : null;
    }

    /// <summary>A member's own commits.</summary>
    public async Task<PushResponse> PushAsync(Session session, PushRequest request, CancellationToken cancellationToken)
    {
        RequireDevice(session);
        ArgumentNullException.ThrowIfNull(request);
        var group = Group(request.Group);
        RequireSize(request.Commits, PushCommits, PushBytes);
        var blobs = Blobs(request.Blobs, Limits.BlobsPerCallBytes);
        var push = new PushAttempt(session, group, request.Commits, blobs, IsSuffix: false);
        var answer = await AnswerAsync(push, cancellationToken);
        var response = new PushResponse
        {
            Outcome = answer.Outcome,
            Head = answer.Head.ToGroupHead(),
            Token = new ChangeToken(group, answer.Head).ToByteString(),
            More = answer.More,
        };
        response.Missing.AddRange(answer.Missing.Select(commit => new CommitRecord { Commit = commit.Entry }));
        return response;
    }

    /// <summary>Commits of anybody that this relay lost.</summary>
    public async Task<PushSuffixResponse> PushSuffixAsync(Session session, PushSuffixRequest request, CancellationToken cancellationToken)
    {
        RequireDevice(session);
        ArgumentNullException.ThrowIfNull(request);
        var group = Group(request.Group);
        RequireSize(request.Commits, SuffixCommits, PushComparison.SuffixBytes);
        var blobs = Blobs(request.Blobs, Limits.BlobsPerCallBytes);
        var answer = await AnswerAsync(new PushAttempt(session, group, request.Commits, blobs, IsSuffix: true), cancellationToken);
        var response = new PushSuffixResponse { Outcome = answer.Outcome, Head = answer.Head.ToGroupHead() };
        response.MissingBlobs.AddRange(answer.Wanted.Select(hash => hash.ToByteString()));
        return response;
    }

    private async Task<PushAnswer> AnswerAsync(PushAttempt push, CancellationToken cancellationToken)
    {
        var outcome = "failed";
        try
        {
            var answer = await AppendAsync(push, cancellationToken);
            outcome = answer.Outcome switch
            {
                PushOutcome.Accepted => "accepted",
                PushOutcome.Known => "known",
                PushOutcome.Kept => "kept",
                _ => "head_moved",
            };
            return answer;
        }
        catch (RelayFaultException)
        {
            outcome = "refused";
            throw;
        }
        finally
        {
            _parts.Metrics.Pushed(outcome);
        }
    }

    private async Task<PushAnswer> AppendAsync(PushAttempt push, CancellationToken cancellationToken)
    {
        var isPaid = false;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            // Most pushes stand on the head that was verified last. Whether the store still stands there is told by the swap, in the
            // store's own transaction; if it does not, the next attempt looks before it judges.
            var before = attempt == 0 ? OnRememberedHead(push) : null;
            VerifiedGroup? hidden = null;
            var rest = push.Commits;
            if (before is null)
            {
                var stored = await _parts.Chains.GroupAsync(push.Group, cancellationToken);
                (var answer, before, rest) = await _comparison.CompareAsync(push, stored, cancellationToken);
                hidden = before is null ? stored : null;
                if (answer is not null)
                {
                    return answer.Outcome == PushOutcome.HeadMoved && push.IsSuffix && _parts.Window.IsOpen && _branches is { } branches
                        ? await branches.KeepAsync(push, answer, cancellationToken)
                        : answer;
                }

                if (rest.Count == 0)
                {
                    continue;
                }
            }

            RequireWindow(push, before);
            if (before is null)
            {
                await RequireRoomAsync(push.Session, cancellationToken);
            }

            if (!isPaid)
            {
                Pay(push, rest);
                isPaid = true;
            }

            RequireNotCutOff(push, before, rest[0]);
            var commits = push.Verify(before, rest);
            if (hidden is not null)
            {
                (before, commits) = (hidden, LostAfter(hidden, push, commits));
                RequireNotCutOff(push, before, commits[0].Entry);
            }

            // Before the commits: who has them given back once does not bring them again.
            if (push.IsSuffix && _parts.Window.IsOpen)
            {
                await _accounts.TakeAsync(commits, cancellationToken);
            }

            var result = await WriteAsync(push, before, commits, cancellationToken);
            switch (result.Status)
            {
                case WriteStatus.Applied:
                    _parts.Chains.Remember(commits[^1].After);
                    _parts.Metrics.Committed(commits.Count);
                    var isMember = commits[^1].After.MemberOf(push.Session.Account) is not null;
                    return new PushAnswer(PushOutcome.Accepted, commits[^1].Head, [], false, isMember ? result.Wanted : []);
                case WriteStatus.BlobMissing:
                    throw RelayFaultException.Of(FaultCode.BadBlob, "a put names a blob that is not here");
                case WriteStatus.OverQuota:
                    throw RelayFaultException.Of(FaultCode.Quota, "group");
                case WriteStatus.SeatedTooOften:
                    throw RelayFaultException.Of(FaultCode.Quota, "groups that an account was put into: send an invite");
            }

            // Another commit came first, between the reading and the swap: compare again.
        }

        throw RelayFaultException.Of(FaultCode.RateLimited, "lost too many races", TimeSpan.FromMilliseconds(50));
    }

    private VerifiedGroup? OnRememberedHead(PushAttempt push) =>
        _parts.Chains.Remembered(push.Group) is { } state
        && Canonical.TryParse(GroupBody.Parser, push.Commits[0].Body, out var first)
        && first.Seq == state.Head.Seq + 1
        && EntryId.TryParse(first.Prev, out var prev) && prev == state.Head.Id
        && state.MemberOf(push.Session.Account) is not null
            ? state
            : null;

    // Outside a window a suffix moves the head like any push, and own commits cost in it what they cost in one (attack: new commits as a
    // suffix, past the budget). Those of others cost one a call: giving them back is not held up. Taken before anything is verified, so by
    // whose they claim to be, and at once: of a call that costs more than the budget holds, a part taken first would never be enough.
    private void Pay(PushAttempt push, IReadOnlyList<SignedEntry> rest)
    {
        if (!push.IsSuffix || !_parts.Window.IsOpen)
        {
            _commits.Take((push.Session.Account, push.Group), push.IsSuffix ? Math.Max(1, rest.Count(push.ClaimsToBeOwn)) : rest.Count);
        }
    }

    private void RequireWindow(PushAttempt push, VerifiedGroup? before)
    {
        if (_parts.Window.IsOpen && !push.IsSuffix)
        {
            throw RelayFaultException.Of(FaultCode.RecoveryWindow);
        }

        if (push.IsSuffix && before is null && !_parts.Window.IsOpen)
        {
            throw Unknown();
        }
    }

    // Devices give back what a relay lacks within seconds. What its operator cut off is not lost: were it taken back, whoever is online
    // would undo the operator's choice between two branches, and the other side could not come. A member's own push is new, and is judged
    // as ever.
    private void RequireNotCutOff(PushAttempt push, VerifiedGroup? before, SignedEntry first)
    {
        if (push.IsSuffix && before is not null && _parts.Branches?.IsCutOff(push.Group, before.Head.Seq + 1, first) == true)
        {
            throw new RelayFaultException(new Fault(FaultCode.CutOff).At(push.Group.Value, before.Head.Seq + 1, null));
        }
    }

    // Whoever was added by a commit that the relay lost is a stranger to it, and may be the only one who has that commit. They bring the
    // whole chain, of which the one that stands is the beginning, and are a member after it: so nothing is told that they do not know.
    // To anybody else there is no such group.
    private static List<VerifiedCommit> LostAfter(VerifiedGroup stands, PushAttempt push, List<VerifiedCommit> commits) =>
        push.IsSuffix && (ulong)commits.Count > stands.Head.Seq + 1 && commits[(int)stands.Head.Seq].Head == stands.Head
            ? commits[((int)stands.Head.Seq + 1)..]
            : throw Unknown();

    // A refill brings back what was allowed once. Groups that others put the account into are not its doing (attack: whoever knows
    // somebody's chain fills their quota).
    private async Task RequireRoomAsync(Session session, CancellationToken cancellationToken)
    {
        var query = new OverviewQuery(session.Account, session.Device, new Dictionary<(GroupId, DeviceId), ulong>(), 0);
        var overview = await _parts.Store.ReadOverviewAsync(query, cancellationToken);
        if (overview.Groups.Count - overview.Uninvited >= _parts.Limits.GroupsPerAccount && !_parts.Window.IsOpen)
        {
            throw RelayFaultException.Of(FaultCode.Quota, "groups of one account");
        }
    }

    private Task<WriteResult> WriteAsync(PushAttempt push, VerifiedGroup? before, List<VerifiedCommit> commits, CancellationToken cancellationToken)
    {
        var delta = new GroupDelta(before, commits);
        var isRefill = push.IsSuffix && _parts.Window.IsOpen;
        var live = push.IsSuffix ? LiveBlobs(commits[^1].After) : null;

        // A suffix brings what is live at its end; who pushes what others signed may have dropped what was superseded. Only in a window,
        // where a refill of many calls may stop anywhere, is a live blob taken on credit (attack: a commit whose blob nobody has, as
        // a suffix, after which the group is live for nobody).
        var required = !push.IsSuffix ? delta.Required
            : isRefill ? []
            : delta.Required.Where(blob => live!.Contains(blob.Hash)).ToList();
        return _parts.WriteAsync(
            new StoreWrite.AppendGroup(
                push.Group,
                before?.Head,
                [.. commits.Select(commit => new StoredEntry(commit.Head, commit.Entry))],
                delta.Memberships,
                delta.Names,
                required,
                [.. push.Blobs.Where(blob => live?.Contains(blob.Hash) ?? delta.IsNamed(blob.Hash))],
                delta.InvitesOpened,
                delta.InvitesClosed,
                _parts.Time.GetUtcNow(),
                GroupQuota.For(isRefill || before is null ? null : before.MemberOf(push.Session.Account)?.Role ?? Role.Viewer, _parts.Limits.GroupBytes))
            {
                // What each poll of theirs lists has an end, whoever else adds them (attack: strangers make a poll too long to be read).
                Uninvited = delta.Uninvited,
                UninvitedMax = isRefill ? int.MaxValue : _parts.Limits.GroupsPerAccount,
            },
            cancellationToken);
    }

    private static HashSet<BlobHash> LiveBlobs(VerifiedGroup group) =>
        [.. group.Items.Values.SelectMany(item => item.Attachments.Select(chunk => BlobHash.Parse(chunk.Hash.Span)).Prepend(item.BlobHash))];

    private static void RequireSize(IReadOnlyList<SignedEntry> commits, int countMax, int bytesMax)
    {
        if (commits.Count == 0 || commits.Count > countMax)
        {
            throw RelayFaultException.Of(FaultCode.BadRequest, "commits");
        }

        if (commits.Sum(commit => (long)commit.Body.Length) > bytesMax)
        {
            throw RelayFaultException.Of(FaultCode.TooLarge, "commits");
        }
    }
}
