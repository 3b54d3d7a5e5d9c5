using Google.Protobuf;
using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>
/// Applies verified commits: bodies, blobs, token, journal and outbox in one transaction, then memory. The only place where a
/// verified head advances, and the only place where an edit leaves the outbox.
/// </summary>
internal sealed class CommitApplier(ClientCore core, SavedEdits saved, FormerValues former)
{
    private const ulong CommitsBetweenMacs = 64;

    /// <summary>Records commits that extend the verified head, with the blobs that came along, and where to read on.</summary>
    public void Apply(FollowedGroup group, IReadOnlyList<VerifiedCommit> commits, IEnumerable<ByteString> blobs, ReadPoint? next) =>
        Apply(group, commits, blobs, next, core.Replica.Database.Transact);

    /// <summary>
    /// The same for one commit that the stream brought: seen first, synced right after. The token is what waits for the sync: it
    /// never stands behind what a loss of power can take away, and nothing is signed in between.
    /// </summary>
    public void ApplyHint(FollowedGroup group, VerifiedCommit commit, IEnumerable<ByteString> blobs, ByteString token)
    {
        Apply(group, [commit], blobs, null, core.Replica.Database.TransactUnsynced);
        var next = new ReadPoint(token, group.Ids.Count);
        core.Replica.Database.Transact("token", () => core.Replica.Chains.SetFrom(group.Id, next));
        group.From = next;
    }

    /// <summary>The same inside a transaction that does more.</summary>
    public void Apply(
        FollowedGroup group, IReadOnlyList<VerifiedCommit> commits, IEnumerable<ByteString> blobs, ReadPoint? next, Action<string, Action> transact)
    {
        var ops = new List<(OperationId Op, ulong Seq)>();
        var cloned = false;
        var ended = false;
        transact("apply", () =>
        {
            var named = new HashSet<BlobHash>();
            foreach (var commit in commits)
            {
                core.Replica.Chains.AddCommit(group.Id, commit.Head, commit.Entry, core.WallMs);
                named.UnionWith(commit.Body.Puts.Select(put => BlobHash.Parse(put.BlobHash.Span)));
                cloned |= !Settle(group, commit, ops);
            }

            foreach (var blob in blobs.Where(blob => named.Contains(BlobHashes.Of(blob.Span))))
            {
                core.Replica.Blobs.Add(group.Id, blob.Span);
            }

            if (next is { } from)
            {
                core.Replica.Chains.SetFrom(group.Id, from);
            }

            if (commits.Count > 0)
            {
                core.Replica.Journal.Forget(group.Id, commits[^1].Head.Seq);
                former.Supersede(group, commits);
                Authenticate(group, commits[^1].After);
                ended = group.Follow == Follow.Accepted && HasEnded(group, commits);
                if (ended)
                {
                    End(group);
                }
            }
        });

        Remember(group, commits, next);
        if (cloned)
        {
            core.AccountFault = new Fault(FaultCode.ClonedDevice).At(group.Id.Value, group.VerifiedSeq, core.Account!.Id);
        }

        saved.Saved(ops);
        if (commits.Count > 0)
        {
            group.Moved.Set();
            if (ended)
            {
                group.Follow = Follow.Over;
                group.Fault = new Fault(FaultCode.NotAMember).At(group.Id.Value, group.VerifiedSeq, commits[^1].Author);
            }

            core.RaiseChanged(group.Id);
        }
    }

    /// <summary>Learns group keys from a commit, once there are keys to learn with.</summary>
    public void Learn(FollowedGroup group, VerifiedCommit commit)
    {
        if (core.Keys is not { } keys || (commit.Body.Epoch is null && commit.Body.Adds.Count == 0))
        {
            return;
        }

        var fault = keys.Of(group.Id).Learn(commit, keys.Daily);
        if (commit.Body.Epoch is not null)
        {
            group.BadEpoch = fault;
        }

        // A key that came may open what did not open before.
        group.ShownInstead.Clear();
    }

    /// <summary>Judges the current epoch by where it leads; the ones before it are history.</summary>
    public void JudgeEpoch(FollowedGroup group)
    {
        if (core.Keys is { } keys && group.KeyCommits.FindLast(commit => commit.Body.Epoch is not null) is { } newest)
        {
            group.BadEpoch ??= keys.Of(group.Id).JudgeReach(newest);
        }
    }

    /// <summary>After an unlock: drops former values that had their time and are nobody's last good one.</summary>
    public void Sweep(FollowedGroup group)
    {
        if (group.State is { } state)
        {
            core.Replica.Database.Transact("sweep", () => former.Sweep(group, state));
        }
    }

    // True unless this device's name stands on a commit that it did not sign.
    private bool Settle(FollowedGroup group, VerifiedCommit commit, List<(OperationId Op, ulong Seq)> ops)
    {
        if (commit.Device != core.Account!.Device)
        {
            return true;
        }

        if (core.Replica.Journal.Find(commit.Head.Id) is not { } row)
        {
            return false;
        }

        core.Replica.Journal.Settle(row.Head.Id, JournalState.Confirmed);
        if (row.IsDamaged)
        {
            // Which edits it carried is not known any more. They stay, and are merged into what stands, which holds them.
            return true;
        }

        // Edits made since were made from what this commit holds, be it the item's first value. A delete that stood before what the
        // commit carries, and was set aside, was not: it deletes what was seen when it was said, and nothing newer.
        var places = core.Replica.Outbox.LastPlaces(row.Ops);
        foreach (var put in commit.Body.Puts)
        {
            var item = ItemId.Parse(put.Item.Span);
            if (places.TryGetValue(item, out var place))
            {
                core.Replica.Outbox.Rebase(
                    group.Id, item, place, put.Replaces.IsEmpty ? null : BlobHash.Parse(put.Replaces.Span), BlobHash.Parse(put.BlobHash.Span));
            }
        }

        foreach (var op in row.Ops)
        {
            core.Replica.Outbox.Delete(op);
            ops.Add((op, commit.Head.Seq));
        }

        foreach (var blob in row.Blobs.Blobs)
        {
            core.Replica.Blobs.Add(group.Id, blob.Content.Span);
        }

        return true;
    }

    // Only what these commits touched: a group may hold thousands of items, and commits come one at a time.
    private void CountBlobs(FollowedGroup group, VerifiedGroup? before, IReadOnlyList<VerifiedCommit> commits)
    {
        foreach (var id in Touched(commits))
        {
            if (before?.Items.GetValueOrDefault(id) is { } was)
            {
                group.MissingBlobs.Remove(was.BlobHash);
            }

            if (group.State!.Items.GetValueOrDefault(id) is { } now && !core.Replica.Blobs.Has(group.Id, now.BlobHash))
            {
                group.MissingBlobs.Add(now.BlobHash);
            }
        }
    }

    private static HashSet<ItemId> Touched(IReadOnlyList<VerifiedCommit> commits) =>
        [.. commits.SelectMany(commit => commit.Body.Deletes.Select(delete => delete.Item).Concat(commit.Body.Puts.Select(put => put.Item)))
            .Select(item => ItemId.Parse(item.Span))];

    // The state's hash is linear in items, so not every commit pays for it; what follows the last MAC is verified at load.
    private void Authenticate(FollowedGroup group, VerifiedGroup after)
    {
        if (core.Keys is { } keys && (group.MacSeq is not { } last || after.Head.Seq - last >= CommitsBetweenMacs))
        {
            ReplicaGuard.Write(core, keys, group.Id.Value, after.Head, after.StateHash());
            group.MacSeq = after.Head.Seq;
        }
    }

    // Only a verified commit ends a membership: a chain that does not reach this account's add yet, or not what another device of it
    // verified, tells nothing (attack: a fresh device that is shown an old world marks the group as left, for all devices).
    private bool HasEnded(FollowedGroup group, IReadOnlyList<VerifiedCommit> commits) =>
        commits[^1].After.FormerMembers.ContainsKey(core.Account!.Id)
        && (!group.IsBelowRecord || commits.Any(commit => commit.Head == group.Recorded));

    private void End(FollowedGroup group)
    {
        core.Replica.Chains.SetGroup(group.Id, Follow.Over);
        var reason = new Fault(FaultCode.NotAMember);
        foreach (var row in core.Replica.Outbox.Of(group.Id))
        {
            core.Replica.Outbox.Quarantine(row.Op, reason);
        }
    }

    private void Remember(FollowedGroup group, IReadOnlyList<VerifiedCommit> commits, ReadPoint? next)
    {
        group.From = next ?? group.From;

        var before = group.State;
        foreach (var commit in commits)
        {
            ReplicaLoader.Note(group, commit);
            Learn(group, commit);
        }

        if (commits.Any(commit => commit.Body.Epoch is not null))
        {
            JudgeEpoch(group);
        }

        CountBlobs(group, before, commits);
    }
}
