using Vault.Core;
using Vault.Core.Chains;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using static Vault.Server.Engine.GroupChecks;

namespace Vault.Server.Engine;

/// <summary>
/// Keeps the suffixes that leave the chain which stands, in a recovery window alone, for the operator to pick one: whoever comes first
/// would decide otherwise which side of a fork the relay has (design section 5). What is kept is judged like what is taken, and changes
/// nothing of what the relay serves.
/// </summary>
internal sealed partial class BranchDesk(RelayParts parts, IBranchStore store, RateLimiter<(AccountId, GroupId)> budget)
{
    private const int Attempts = 4;
    private const int MissingMax = 256;

    // What costs as much as one commit that is pushed: commits that are only verified again, to know the state a branch begins in.
    private const int VerifiedPerCommit = 64;

    private readonly BoundedCache<EntryId, VerifiedGroup> _states = new(parts.Limits.CacheBytes / 8, VerifiedChains.Weigh);

    /// <summary>Keeps a suffix beside the chain, if it leaves the chain; otherwise it is answered what it was answered.</summary>
    /// <exception cref="RelayFaultException">The rules' verdict; NOT_ALLOWED, QUOTA, RATE_LIMITED.</exception>
    public async Task<PushAnswer> KeepAsync(PushAttempt push, PushAnswer moved, CancellationToken cancellationToken)
    {
        var isPaid = false;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var seen = store.Of(push.Group);
            if (await PlaceAsync(push, seen, cancellationToken) is not { } place)
            {
                return moved;
            }

            if (place.Branch is null && seen.Branches.Count >= parts.Limits.BranchesPerGroup)
            {
                throw RelayFaultException.Of(FaultCode.Quota, "branches of one group: the operator picks one");
            }

            if (!isPaid)
            {
                Pay(push, place);
                isPaid = true;
            }

            if (await StateAsync(push.Group, place, cancellationToken) is not { } before)
            {
                return moved;
            }

            // Whoever is no member there is not told what it lacks, and brings it nothing.
            var commits = place.Added.Count > 0 ? push.Verify(before, place.Added) : [];
            var after = commits.Count > 0 ? commits[^1].After : before;
            if (after.MemberOf(push.Session.Account) is null)
            {
                return moved;
            }

            var (blobs, missing) = await BlobsAsync(push, place.Branch, commits, after, cancellationToken);
            List<StoredEntry> entries = [.. commits.Select(commit => new StoredEntry(commit.Head, commit.Entry))];
            RequireRoom(place.Branch, entries.Sum(entry => (long)entry.Bytes) + blobs.Sum(blob => (long)blob.Content.Length));
            if ((entries.Count == 0 && blobs.Count == 0) || store.TryKeep(seen, place.Branch, entries, blobs))
            {
                _states.Put(after.Head.Id, after);
                if (place.Branch is null)
                {
                    LogBrought(parts.Logger);
                }

                return new PushAnswer(PushOutcome.Kept, moved.Head, [], false, missing);
            }
        }

        throw RelayFaultException.Of(FaultCode.RateLimited, "lost too many races", TimeSpan.FromMilliseconds(50));
    }

    // Where the commits leave the chain, as far as the caller may see it, and what of them is kept already. Null: they do not leave it,
    // or follow on nothing that is here.
    private async Task<Place?> PlaceAsync(PushAttempt push, KeptBranches seen, CancellationToken cancellationToken)
    {
        if (!Canonical.TryParse(GroupBody.Parser, push.Commits[0].Body, out var first) || !EntryId.TryParse(first.Prev, out var prev))
        {
            return null;
        }

        ChainHead? from = first.Seq == 0 ? null : new ChainHead(first.Seq - 1, prev);
        var heads = new List<ChainHead>(push.Commits.Count);
        foreach (var commit in push.Commits)
        {
            prev = EntryIds.OfGroupCommit(prev, commit);
            heads.Add(new ChainHead(first.Seq + (ulong)heads.Count, prev));
        }

        var page = await parts.Store.ReadGroupAsync(push.Group, from, PushComparison.SuffixBytes, push.Session.Account, cancellationToken);
        if (page?.Reader is null)
        {
            return null;
        }

        page = CutFor(page);
        var standing = page.Commits.Zip(heads).TakeWhile(pair => pair.First.Head == pair.Second).Count();
        if (page.AfterStands && (standing == heads.Count || standing == page.Commits.Count))
        {
            return null;
        }

        from = standing > 0 ? heads[standing - 1] : from;
        if (from is not { } fork)
        {
            return null;
        }

        foreach (var branch in seen.Branches)
        {
            if (branch.PlaceAfter(fork) is not { } at)
            {
                continue;
            }

            var known = branch.Heads.Skip(at).Zip(heads.Skip(standing)).TakeWhile(pair => pair.First == pair.Second).Count();
            if (standing + known == heads.Count || at + known == branch.Heads.Count)
            {
                return new Place(branch, branch.Fork, [.. push.Commits.Skip(standing + known)]);
            }
        }

        return page.AfterStands ? new Place(null, fork, [.. push.Commits.Skip(standing)]) : null;
    }

    // Own commits cost what they cost as a push, others' one a call, as for a suffix outside a window; and a state that has to be found
    // again costs its share (attack: another fork point with each call).
    private void Pay(PushAttempt push, Place place)
    {
        var again = 0.0;
        if (_states.Get((place.Branch?.End ?? place.Fork).Id) is null)
        {
            again = (place.Branch?.Heads.Count ?? 0) + (_states.Get(place.Fork.Id) is null ? (double)place.Fork.Seq : 0);
        }

        budget.Take((push.Session.Account, push.Group), Math.Max(1, place.Added.Count(push.ClaimsToBeOwn)) + (again / VerifiedPerCommit));
    }

    // The state in which what is added is judged. Null: what is kept is not valid any more, so its file is damaged.
    private async Task<VerifiedGroup?> StateAsync(GroupId group, Place place, CancellationToken cancellationToken)
    {
        if (_states.Get((place.Branch?.End ?? place.Fork).Id) is { } known)
        {
            return known;
        }

        var state = _states.Get(place.Fork.Id) ?? await parts.Chains.GroupAtAsync(group, place.Fork, cancellationToken);
        if (state is null)
        {
            return null;
        }

        _states.Put(state.Head.Id, state);
        foreach (var entry in place.Branch is { } branch ? store.Commits(branch) : [])
        {
            var verdict = GroupRules.Extend(state, entry);
            if (!verdict.IsValid)
            {
                return null;
            }

            state = verdict.Value.After;
        }

        _states.Put(state.Head.Id, state);
        return state;
    }

    // Of the blobs that the branch put and that are live at its end: those brought that are lacking, and those that are lacking still.
    // What else is live there was live at the fork: the chain has it, or asks for it once the branch is picked.
    private async Task<(List<StoredBlob> Brought, List<BlobHash> Missing)> BlobsAsync(
        PushAttempt push, KeptBranch? branch, List<VerifiedCommit> commits, VerifiedGroup after, CancellationToken cancellationToken)
    {
        var named = BlobNames.Of(commits.Select(commit => commit.Body));
        named.UnionWith(branch?.Named ?? []);
        var lacking = new SortedDictionary<BlobHash, uint>();
        foreach (var item in after.Items.Values)
        {
            Lack(item.BlobHash, item.BlobSize);
            foreach (var chunk in item.Attachments)
            {
                Lack(BlobHash.Parse(chunk.Hash.Span), chunk.Size);
            }
        }

        var page = await parts.Store.ReadBlobsAsync(push.Group, [.. lacking.Keys], 0, liveOnly: false, cancellationToken);
        var absent = page.Absent.ToHashSet();
        var brought = push.Blobs.Where(blob => absent.Contains(blob.Hash) && lacking[blob.Hash] == blob.Content.Length).ToList();
        absent.ExceptWith(brought.Select(blob => blob.Hash));
        return (brought, [.. page.Absent.Where(absent.Contains).Take(MissingMax)]);

        void Lack(BlobHash hash, uint size)
        {
            if (named.Contains(hash) && branch?.Blobs.Contains(hash) != true)
            {
                lacking[hash] = size;
            }
        }
    }

    private void RequireRoom(KeptBranch? branch, long bytes)
    {
        if (bytes > 0 && (branch?.Bytes ?? 0) + bytes > parts.Limits.BranchBytes)
        {
            throw RelayFaultException.Of(FaultCode.Quota, "one branch");
        }

        if (bytes > 0 && store.Bytes + bytes > parts.Limits.BranchBytesInAll)
        {
            throw RelayFaultException.Of(FaultCode.Quota, "branches of this relay");
        }
    }

    [LoggerMessage(9, LogLevel.Warning, "A branch was brought in the recovery window, beside what stands: svault-server branches lists it.")]
    private static partial void LogBrought(ILogger logger);

    /// <summary>Branch: which is continued, or known; null: a new one. Added: what of the push is not kept yet.</summary>
    private sealed record Place(KeptBranch? Branch, ChainHead Fork, IReadOnlyList<SignedEntry> Added);
}
