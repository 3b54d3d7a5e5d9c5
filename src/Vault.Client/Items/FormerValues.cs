using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Items;

/// <summary>
/// What items were before: kept for 30 days, and beyond that for as long as the newer value does not open here (attack: a member
/// writes an item that does not open, or deletes everything, while this device is locked and cannot look). Over a bound in bytes
/// the oldest of whoever wrote most go early, last good values aside: so nobody who may write can fill the disk within the 30 days,
/// nor drive out what others wrote (attack: delete everything, then flood).
/// </summary>
internal sealed class FormerValues(ClientCore core)
{
    /// <summary>How long a value is kept after another took its place; by the wall clock, which decides nothing else.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(6);

    /// <summary>Inside a transaction: notes what these commits put out of place, and drops what had its time.</summary>
    public void Supersede(FollowedGroup group, IReadOnlyList<VerifiedCommit> commits)
    {
        var before = group.State;
        foreach (var commit in commits)
        {
            if (before is not null)
            {
                var gone = commit.Body.Puts.Select(put => put.Item).Concat(commit.Body.Deletes.Select(delete => delete.Item));
                foreach (var id in gone.Select(item => ItemId.Parse(item.Span)))
                {
                    Note(group, before.Items.GetValueOrDefault(id));
                }
            }

            before = commit.After;
        }

        if (before is not null && (core.BootNow >= group.SweepAt || group.FormerBytes >= group.FormerBytesSweep))
        {
            Sweep(group, before);
        }
    }

    /// <summary>Inside a transaction: drops what had its time and is no last good value.</summary>
    public void Sweep(FollowedGroup group, VerifiedGroup state)
    {
        group.SweepAt = core.BootNow + BetweenSweeps;
        group.FormerBytes = core.Replica.Superseded.TotalBytes(group.Id);
        var due = core.WallMs - (long)KeptFor.TotalMilliseconds;
        var most = core.Options.FormerValueBytes;
        var live = new Lazy<HashSet<BlobHash>>(() => [.. state.Items.Values.Select(item => item.BlobHash)]);
        var lastGood = new Dictionary<ItemId, BlobHash?>();
        foreach (var row in core.Replica.Superseded.Before(group.Id, due))
        {
            DropUnlessLastGood(row);
        }

        if (group.FormerBytes > most)
        {
            var shares = core.Replica.Superseded.Before(group.Id, long.MaxValue).GroupBy(row => row.Author).Select(rows => new Share(rows)).ToList();
            while (group.FormerBytes > most && shares.MaxBy(share => share.Bytes) is { Bytes: > 0 } largest)
            {
                DropUnlessLastGood(largest.Take());
            }
        }

        // What cannot be dropped is not looked through again at every commit.
        group.FormerBytesSweep = Math.Max(most, group.FormerBytes) + (most / 8);

        void DropUnlessLastGood(SupersededRow row)
        {
            if (core.Keys is null ? !StoodWhileUnlocked(group, row) : LastGoodInPlace(group, state, row.Item, lastGood) != row.Hash)
            {
                Drop(group, row, live.Value);
            }
        }
    }

    /// <summary>The newest former value of an item that opens here. Null: none is kept.</summary>
    public (BlobHash Hash, ulong Epoch, Item Item)? LastGood(FollowedGroup group, ItemId id)
    {
        foreach (var row in core.Replica.Superseded.Of(group.Id, id))
        {
            if (Open(group, id, row.Epoch, row.Hash) is { } item)
            {
                return (row.Hash, row.Epoch, item);
            }
        }

        return null;
    }

    /// <summary>Items that were deleted for ever and are still kept, as they were last.</summary>
    public IEnumerable<(ItemId Id, Item Item)> Deleted(FollowedGroup group) =>
        core.Replica.Superseded.Items(group.Id)
            .Where(id => !group.State!.Items.ContainsKey(id))
            .Select(id => (Id: id, Good: LastGood(group, id)))
            .Where(found => found.Good is not null)
            .Select(found => (found.Id, found.Good!.Value.Item));

    private void Note(FollowedGroup group, LiveItem? was)
    {
        if (was is not null)
        {
            group.FormerBytes += core.Replica.Superseded.Add(group.Id, was, core.WallMs);
        }
    }

    // Locked, nothing opens. What stood at the head that was authenticated while unlocked may be the last good value of its item;
    // what came and went since was shown to nobody here.
    private bool StoodWhileUnlocked(FollowedGroup group, SupersededRow row) =>
        core.Replica.Chains.ReadMac(group.Id.Value) is not { } known || row.Seq <= known.Head.Seq;

    // The former value that stands in for an item's live one. Null: the live one opens, or the item is deleted.
    private BlobHash? LastGoodInPlace(FollowedGroup group, VerifiedGroup state, ItemId id, Dictionary<ItemId, BlobHash?> known)
    {
        if (!known.TryGetValue(id, out var hash))
        {
            hash = state.Items.GetValueOrDefault(id) is not { } live || Opens(group, live) ? null : LastGood(group, id)?.Hash;
            known.Add(id, hash);
        }

        return hash;
    }

    private bool Opens(FollowedGroup group, LiveItem live) =>
        group.OpenedAs(live) is not null || Open(group, live.Id, live.Epoch, live.BlobHash) is not null;

    private void Drop(FollowedGroup group, SupersededRow row, HashSet<BlobHash> live)
    {
        group.FormerBytes -= row.Bytes;
        if (core.Replica.Superseded.Remove(group.Id, row) && !live.Contains(row.Hash))
        {
            core.Replica.Blobs.Delete(group.Id, row.Hash);
        }
    }

    private Item? Open(FollowedGroup group, ItemId id, ulong epoch, BlobHash hash) =>
        core.RequireKeys().Of(group.Id).KeyOf(epoch) is { } key && core.Replica.Blobs.Read(group.Id, hash) is { } blob
            ? ItemBox.Open(key, group.Id, id, epoch, blob)
            : null;

    /// <summary>One author's former values that were not looked at yet, longest out of place first.</summary>
    private sealed class Share(IEnumerable<SupersededRow> rows)
    {
        private readonly Queue<SupersededRow> _rows = new(rows);

        public long Bytes { get; private set; } = rows.Sum(row => row.Bytes);

        public SupersededRow Take()
        {
            var oldest = _rows.Dequeue();
            Bytes -= oldest.Bytes;
            return oldest;
        }
    }
}
