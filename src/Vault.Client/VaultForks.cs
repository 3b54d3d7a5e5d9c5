using Google.Protobuf;
using Vault.Client.Groups;
using Vault.Client.Sync;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client;

/// <summary>After a fork: the evidence, the choice of a side, and what is left to settle of the side that lost.</summary>
public sealed class VaultForks
{
    private readonly ClientCore _core;
    private readonly BranchAdopter _adopter;
    private readonly GroupReader _reader;
    private readonly VaultGroups _groups;

    internal VaultForks(ClientCore core, BranchAdopter adopter, GroupReader reader, VaultGroups groups)
    {
        _core = core;
        _adopter = adopter;
        _reader = reader;
        _groups = groups;
    }

    /// <summary>
    /// Takes the relay's branch of a forked group. Nothing of the own one is lost: its items become edits, its commits are kept, and
    /// whom it removed is listed until that is applied again or dropped. Needs relay and keys.
    /// </summary>
    public Task<AdoptedBranch> AdoptRelayAsync(GroupId group, CancellationToken cancellation = default)
    {
        _ = _core.RequireKeys();
        var found = _core.RequireGroup(group);
        return _core.Gate.RunAsync(() => _adopter.AdoptRelayAsync(found, cancellation));
    }

    /// <summary>
    /// Keeps this device's branch of a forked group. Once the relay's operator has cut the other off, this device gives its own back,
    /// and edits, which wait until then, go out.
    /// </summary>
    public Task AdoptMineAsync(GroupId group)
    {
        _ = _core.RequireKeys();
        var found = _core.RequireGroup(group);
        return _core.Gate.RunAsync(() =>
        {
            _adopter.AdoptMine(found);
            return Task.CompletedTask;
        });
    }

    /// <summary>The newest fork of a group as a file that anybody can judge with <see cref="ForkProof.Verify"/>.</summary>
    /// <exception cref="VaultException">NotFound: no fork of this group was met here.</exception>
    public byte[] Evidence(GroupId group)
    {
        var found = _core.RequireGroup(group);
        var chain = _core.Replica.Chains.Commits(found.Id);
        foreach (var fork in _core.Replica.Forks.Of(found.Id.Value).AsEnumerable().Reverse().Where(fork => fork.Seq <= (ulong)chain.Count))
        {
            var evidence = new ForkEvidence { Version = 1, Ours = fork.Ours, Theirs = fork.Theirs };
            evidence.Chain.Add(chain[..(int)fork.Seq]);
            var file = evidence.ToByteArray();
            if (ForkProof.Verify(file).IsValid)
            {
                return file;
            }
        }

        throw VaultException.Refuse(ClientRefusal.NotFound, "No fork of this group was met on this device.");
    }

    /// <summary>What the side that lost said of people, and the group says otherwise.</summary>
    public IReadOnlyList<LostChangeView> LostChanges(GroupId group)
    {
        var found = _core.RequireGroup(group);
        var names = _reader.Members(found).ToDictionary(member => member.Account, member => member.Name);
        return [.. found.LostChanges.Select(change => (Change: change, Member: found.State!.MemberOf(change.Account)))
            .Where(pair => pair.Member is { } member && member.Role != pair.Change.Role)
            .Select(pair => new LostChangeView(group, pair.Change.Account, names.GetValueOrDefault(pair.Change.Account, ""), pair.Member!.Role, pair.Change.Role))];
    }

    /// <summary>Does again what the side that lost had done: removes the member, or gives the role.</summary>
    public async Task ReapplyAsync(GroupId group, AccountId member, CancellationToken cancellation = default)
    {
        var change = Waiting(group, member);
        if (change.Lost is { } role)
        {
            await _groups.SetRoleAsync(group, member, role, cancellation);
        }
        else
        {
            await _groups.RemoveAsync(group, member, cancellation);
        }

        Forget(group, member);
    }

    /// <summary>Leaves the member as the group has them.</summary>
    public void Drop(GroupId group, AccountId member)
    {
        _ = _core.RequireKeys();
        _ = Waiting(group, member);
        Forget(group, member);
    }

    private LostChangeView Waiting(GroupId group, AccountId member) =>
        LostChanges(group).FirstOrDefault(change => change.Account == member)
        ?? throw VaultException.Refuse(ClientRefusal.NotFound, "Nothing that was lost waits for this member.");

    private void Forget(GroupId group, AccountId member)
    {
        var found = _core.RequireGroup(group);
        _core.Replica.Database.Transact("lost change", () => _core.Replica.Forks.DropChange(group, member));
        found.LostChanges.RemoveAll(change => change.Account == member);
        _core.RaiseChanged(group);
        _core.Wake.Set();
    }
}
