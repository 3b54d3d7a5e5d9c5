using Vault.Client.Groups;
using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Core.Groups;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// After a fork a person chooses a side: the only way in which a verified head goes sideways (invariant 3). Each choice is one
/// transaction, with everything that follows from it; a crash leaves the group as it was or as it will be.
/// </summary>
internal sealed class BranchAdopter(
    ClientCore core, BranchReader reader, CommitApplier applier, LostItems lost, ItemEditor editor, PersonalRecords records)
{
    /// <summary>
    /// Takes the relay's branch. What this device's branch made of items becomes edits, before those that wait; what it said of
    /// people is listed; the evidence and its commits are kept. The next epoch is above all seen.
    /// </summary>
    public async Task<AdoptedBranch> AdoptRelayAsync(FollowedGroup group, CancellationToken cancellation)
    {
        _ = core.RequireKeys();
        if (!group.Forked && !group.IsBelowRecord)
        {
            throw NoChoice();
        }

        VerifiedGroup? read;
        RelayBranch branch;
        do
        {
            // What the stream brings of a group that is not forked may move it meanwhile.
            read = group.State;
            branch = await reader.ReadAsync(group, cancellation);
        }
        while (group.State != read);

        if (branch.Commits.Count == 0 && group.Forked)
        {
            throw VaultException.Refuse(
                ClientRefusal.BadArgument, "The relay's history is a part of the one here, so nothing of it is to be adopted: svault group adopt-mine gives the rest back.");
        }

        var mine = group.State!;
        var given = mine.Head == branch.Ancestor.Head ? [] : lost.Edits(group, branch.Ancestor);
        var changes = Changes(core.Account!.Id, mine, branch).ToList();
        changes.AddRange(group.LostChanges.Where(known => changes.TrueForAll(change => change.Account != known.Account)));
        var commits = (int)(mine.Head.Seq - branch.Ancestor.Head.Seq);
        var floor = Math.Max(group.EpochFloor, mine.Epoch);
        var recorded = group.Recorded;
        var undo = group.RewindTo(branch.Ancestor);
        group.Recorded = branch.Head.Head;
        Relearn(group);
        try
        {
            applier.Apply(group, branch.Commits, branch.Blobs, branch.Next, (_, apply) => core.Replica.Database.Transact("adopt relay", () =>
            {
                GiveUp(group, mine, branch.Ancestor, given, changes);
                core.Replica.Forks.SetEpochFloor(group.Id, floor);
                MoveRecord(group, branch.Head, head => group.Contains(head) || branch.Commits.Any(commit => commit.Head == head));
                apply();
            }));
        }
        catch
        {
            undo();
            group.Recorded = recorded;
            Relearn(group);
            throw;
        }

        group.EndFork();
        (group.EpochFloor, group.LostChanges) = (floor, changes);
        group.Fault = group.Follow == Follow.Over ? group.Fault : null;
        ReplicaLoader.CountBlobs(core, group);
        Go(group);
        return new AdoptedBranch(commits, branch.Commits.Count, given.Count, changes.Count(change => change.Role is null), changes.Count(change => change.Role is not null));
    }

    /// <summary>Keeps this device's branch: pulled from now on until the relay shows it, to which its operator brings it.</summary>
    public void AdoptMine(FollowedGroup group)
    {
        _ = core.RequireKeys();
        if (!group.Forked)
        {
            throw NoChoice();
        }

        core.Replica.Database.Transact("adopt mine", () =>
        {
            core.Replica.Forks.KeepMine(group.Id.Value);
            MoveRecord(group, group.State!, group.Contains);
        });
        group.KeepsMine = true;
        group.Recorded = group.IsBelowRecord ? null : group.Recorded;
        Go(group);
    }

    private static VaultException NoChoice() =>
        VaultException.Refuse(ClientRefusal.BadArgument, "This group is not forked: there is no side to choose.");

    private void GiveUp(
        FollowedGroup group, VerifiedGroup mine, VerifiedGroup ancestor, List<LostEdit> given, List<LostChange> changes)
    {
        var key = core.RequireKeys().Daily.StorageKey;
        var random = core.Seams.Random;
        foreach (var edit in given)
        {
            var op = OperationId.Create(random);
            core.Replica.Outbox.AddFirst(
                op, group.Id, edit.Id, edit.BaseHash,
                edit.Seen is null ? null : OutboxRow.Seal(key, op, group.Id, edit.Id, OutboxRow.BasePart, edit.Seen, random),
                edit.Made is null ? null : OutboxRow.Seal(key, op, group.Id, edit.Id, OutboxRow.EditPart, edit.Made, random),
                edit.Made is null ? OutboxRow.Seal(key, op, group.Id, edit.Id, OutboxRow.DeletePart, new Item(), random) : null,
                core.WallMs);
        }

        // Its blobs stay for as long as any former value does.
        foreach (var item in mine.Items.Values.Where(item => ancestor.Items.GetValueOrDefault(item.Id)?.BlobHash != item.BlobHash))
        {
            core.Replica.Superseded.Add(group.Id, item, core.WallMs);
        }

        changes.ForEach(change => core.Replica.Forks.AddChange(group.Id, change));
        core.Replica.Forks.GiveUp(group.Id, ancestor.Head.Seq + 1);
        core.Replica.Forks.Settle(group.Id.Value);
    }

    // What another device of the account recorded lies on the side that lost: without this every device were held to it.
    private void MoveRecord(FollowedGroup group, VerifiedGroup to, Func<Core.Ids.ChainHead, bool> holds)
    {
        core.Replica.Chains.SetRecorded(group.Id, null);
        if (records.Moved(group, to.Head, holds) is { } record)
        {
            editor.Place(record.Personal, record.Id, record.Seen, record.Made);
        }
    }

    // People whom the branch that is given up removed, or gave another role, and whom the other has otherwise.
    private static IEnumerable<LostChange> Changes(Core.Ids.AccountId me, VerifiedGroup mine, RelayBranch branch)
    {
        foreach (var member in branch.Head.Members.Values.Where(member => member.Account != me))
        {
            if (branch.Ancestor.MemberOf(member.Account) is not { } was)
            {
                continue;
            }

            var now = mine.MemberOf(member.Account);
            if (now is null || (now.Role != was.Role && now.Role != member.Role))
            {
                yield return new LostChange(member.Account, now?.Role);
            }
        }
    }

    private void Relearn(FollowedGroup group)
    {
        core.RequireKeys().Forget(group.Id);
        group.BadEpoch = null;
        foreach (var commit in group.KeyCommits)
        {
            applier.Learn(group, commit);
        }

        applier.JudgeEpoch(group);
    }

    private void Go(FollowedGroup group)
    {
        (group.WantsPull, group.RetryAt, group.Failures) = (true, default, 0);
        core.RaiseChanged(group.Id);
        core.Wake.Set();
    }
}
