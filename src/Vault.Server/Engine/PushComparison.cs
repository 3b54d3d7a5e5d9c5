using Vault.Core;
using Vault.Core.Chains;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using static Vault.Server.Engine.GroupChecks;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>Compares what is pushed with what stands: the first half of the compare and swap.</summary>
internal sealed class PushComparison(RelayParts parts)
{
    /// <summary>The most bytes of commits in a suffix, and so the most that are compared at once.</summary>
    public const int SuffixBytes = 2 << 20;

    /// <summary>
    /// What stands already, what is new, and whether the new extends the head. An answer ends the call; neither an answer
    /// nor anything new means that the head moved meanwhile: look again. <c>Before</c> is what the new is judged on: nothing for
    /// a founding, nor for a stranger, to whom the group must look like none (attack: asking after ids by what a genesis meets).
    /// </summary>
    public async Task<(PushAnswer? Answer, VerifiedGroup? Before, IReadOnlyList<SignedEntry> Added)> CompareAsync(
        PushAttempt push, VerifiedGroup? state, CancellationToken cancellationToken)
    {
        if (!Canonical.TryParse(GroupBody.Parser, push.Commits[0].Body, out var first))
        {
            throw new RelayFaultException(await JudgeUnplacedAsync(push, state, cancellationToken));
        }

        if (await HeadForAsync(push, state, cancellationToken) is not { } head)
        {
            return first.Seq == 0 ? (null, null, push.Commits) : throw Unknown();
        }

        if (first.Seq > head.Seq + 1)
        {
            return (Moved(head, [], false), state, []);
        }

        if (!EntryId.TryParse(first.Prev, out var prev))
        {
            throw new RelayFaultException(await JudgeUnplacedAsync(push, state, cancellationToken));
        }

        ChainHead? after = first.Seq == 0 ? null : new ChainHead(first.Seq - 1, prev);
        var page = await parts.Store.ReadGroupAsync(push.Group, after, SuffixBytes, push.Session.Account, cancellationToken);
        if (page?.Reader is null)
        {
            throw Unknown();
        }

        if (page.Reader.Ended is { } ended && !push.IsSuffix && after == ended)
        {
            throw new RelayFaultException(new Fault(FaultCode.NotAMember).At(push.Group.Value, first.Seq, push.Session.Account));
        }

        page = CutFor(page);
        if (!page.AfterStands)
        {
            return (Moved(page.Head, [], true), state, []);
        }

        var standing = 0;
        while (standing < push.Commits.Count && standing < page.Commits.Count)
        {
            prev = EntryIds.OfGroupCommit(prev, push.Commits[standing]);
            if (page.Commits[standing].Head.Id != prev)
            {
                break;
            }

            standing++;
        }

        if (standing == push.Commits.Count)
        {
            return (await KnownAsync(push, page, cancellationToken), state, []);
        }

        if (standing < page.Commits.Count || page.More)
        {
            parts.Metrics.RaceLost();
            var (missing, more) = FirstOf(page, standing);
            return (Moved(page.Head, missing, more), state, []);
        }

        if (page.Reader is { IsMember: false })
        {
            return (Moved(page.Head, [], false), state, []);
        }

        return (null, state, page.Head == state!.Head ? [.. push.Commits.Skip(standing)] : []);
    }

    // Bytes that tell no place are judged where the next commit would stand, so that a member hears from the relay what every
    // client would say. Nobody else learns where that is, or that there is such a group.
    private async Task<Fault> JudgeUnplacedAsync(PushAttempt push, VerifiedGroup? state, CancellationToken cancellationToken)
    {
        var page = await parts.Store.ReadGroupAsync(push.Group, null, 0, push.Session.Account, cancellationToken);
        var verdict = state is not null && page?.Reader is { IsMember: true }
            ? GroupRules.Extend(state, push.Commits[0])
            : GroupRules.Found(push.Commits[0]);
        return verdict.Fault;
    }

    // Blobs may still be lacking where the commits stand: a refill brings them call by call. Which ones, a former member is not told.
    private async Task<PushAnswer> KnownAsync(PushAttempt push, GroupPage page, CancellationToken cancellationToken)
    {
        var head = page.Head;
        if (!push.IsSuffix || page.Reader is not { IsMember: true })
        {
            return new PushAnswer(PushOutcome.Known, head, [], false, []);
        }

        var write = new StoreWrite.StageBlobs(push.Group, push.Blobs, OnlyNamed: true, parts.Time.GetUtcNow(), parts.Limits.GroupBytes);
        var result = await parts.WriteAsync(write, cancellationToken);
        return result.Status switch
        {
            WriteStatus.Applied => new PushAnswer(PushOutcome.Known, head, [], false, result.Wanted),
            WriteStatus.OverQuota => throw RelayFaultException.Of(FaultCode.Quota, "group"),
            _ => throw Unknown(),
        };
    }

    // The head as this account may know it: for a former member, where the membership ended; null for a stranger. Everything that is
    // said of places is said by it (attack: halving between two answers).
    private async Task<ChainHead?> HeadForAsync(PushAttempt push, VerifiedGroup? state, CancellationToken cancellationToken)
    {
        if (state is null || state.MemberOf(push.Session.Account) is not null)
        {
            return state?.Head;
        }

        var page = await parts.Store.ReadGroupAsync(push.Group, null, 0, push.Session.Account, cancellationToken);
        return page?.Reader is null ? null : CutFor(page).Head;
    }

    private static (IReadOnlyList<StoredEntry> Missing, bool More) FirstOf(GroupPage page, int skip)
    {
        var missing = new List<StoredEntry>();
        var bytes = 0;
        foreach (var commit in page.Commits.Skip(skip))
        {
            bytes += commit.Bytes;
            if (bytes > Limits.InlineCommitBytes)
            {
                return (missing, true);
            }

            missing.Add(commit);
        }

        return (missing, page.More);
    }

    private static PushAnswer Moved(ChainHead head, IReadOnlyList<StoredEntry> missing, bool more) =>
        new(PushOutcome.HeadMoved, head, missing, more, []);
}
