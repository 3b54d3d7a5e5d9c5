using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>
/// Reads what changed from the store, at every ring and each 100 ms, and publishes it. Nothing reaches a watcher that was
/// not read back from the store first, and a lost ring costs 100 ms.
/// </summary>
internal sealed class Tail(RelayParts parts)
{
    private static readonly Dictionary<AccountId, ChainHead> s_nobody = [];

    private StoreCursor? _cursor;
    private ulong _beat;
    private long _beatAt = parts.Time.GetTimestamp();

    /// <summary>Where the tail begins: before the first watcher can be admitted.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) =>
        _cursor = (await parts.Store.ReadChangesAsync(null, cancellationToken)).Cursor;

    /// <summary>Publishes everything up to now. Probes go last: a tail that cannot read the store, or hangs, brings none back.</summary>
    public async Task StepAsync(CancellationToken cancellationToken)
    {
        var probes = parts.Probes.Take();
        bool more;
        do
        {
            var changes = await parts.Store.ReadChangesAsync(_cursor, cancellationToken);
            await PublishAsync(changes, cancellationToken);
            _cursor = changes.Cursor;
            more = changes.More;
        }
        while (more);

        parts.Probes.Publish(probes);
    }

    private async Task PublishAsync(StoreChanges changes, CancellationToken cancellationToken)
    {
        foreach (var membership in changes.Memberships.Where(membership => membership.IsMember))
        {
            parts.FanOut.Join(membership.Account, membership.Group);
        }

        var ended = changes.Memberships.Where(membership => !membership.IsMember).ToLookup(membership => membership.Group);
        foreach (var (group, head) in changes.Groups)
        {
            if (parts.FanOut.IsWatched(group, out var published))
            {
                var leaving = ended.Contains(group) ? ended[group].ToDictionary(end => end.Account, end => end.Ended!.Value) : s_nobody;
                parts.FanOut.Publish(await ReadAsync(group, published, head, cancellationToken), leaving);
            }
        }

        foreach (var membership in ended.SelectMany(ends => ends))
        {
            parts.FanOut.End(membership);
        }

        foreach (var (account, head) in changes.Accounts)
        {
            parts.FanOut.ToAccount(account, SlotKind.Account, account.Value, new WatchResponse { AccountMoved = head.ToAccountHead() });
        }

        foreach (var one in changes.Attestations)
        {
            parts.FanOut.ToGroup(
                one.Group, one.Device, SlotKind.Attestation, one.Device.Value, new WatchResponse { Attestation = one.Attestation });
        }

        foreach (var (group, invite, opener) in changes.Joins)
        {
            var waiting = new WatchJoinWaiting { Group = group.ToByteString(), Invite = invite.ToByteString() };
            parts.FanOut.ToAccount(opener, SlotKind.Join, invite.Value, new WatchResponse { JoinWaiting = waiting });
        }

        Beat(changes.Beat);
    }

    // One page is read once for all watchers. It ends at the head that the same change named: what came later may already
    // be hidden from somebody whose end of membership is in a later step.
    private async Task<Publication> ReadAsync(GroupId group, ChainHead? published, ChainHead head, CancellationToken cancellationToken)
    {
        if (published is not { } from || from.Seq >= head.Seq)
        {
            return Publication.OfHead(group, head);
        }

        var page = await parts.Store.ReadGroupAsync(group, from, Limits.InlineCommitBytes, null, cancellationToken);
        var inline = page is null ? null : await InlineAsync(parts.Store, group, page, head, cancellationToken);
        return new Publication(group, from, head, inline);
    }

    /// <summary>The commits of a page up to a head as hints; null when they or their blobs are too large for the stream.</summary>
    public static async Task<IReadOnlyList<WatchResponse>?> InlineAsync(
        IRelayStore store, GroupId group, GroupPage page, ChainHead to, CancellationToken cancellationToken)
    {
        var commits = page.Commits.TakeWhile(commit => commit.Head.Seq <= to.Seq).ToList();
        if (!page.AfterStands || commits.Count == 0 || commits[^1].Head != to || commits.Sum(commit => commit.Bytes) > Limits.InlineCommitBytes)
        {
            return null;
        }

        var (records, allBlobs) = await GroupChecks.RecordsAsync(store, group, commits, Limits.InlineCommitBytes, cancellationToken);
        return allBlobs ? Publication.Inline(group, [.. commits.Zip(records, (commit, record) => (commit.Head, record))]) : null;
    }

    private void Beat(ulong counter)
    {
        if (counter > _beat && parts.Pulse.IsConfirming && parts.Time.GetElapsedTime(_beatAt) >= parts.Limits.BeatInterval)
        {
            _beat = counter;
            _beatAt = parts.Time.GetTimestamp();
            parts.FanOut.ToAll(SlotKind.Beat, new WatchResponse { Beat = new WatchBeat { Counter = counter } });
        }
    }
}
