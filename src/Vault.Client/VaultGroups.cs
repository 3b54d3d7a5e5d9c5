using Vault.Client.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client;

/// <summary>Groups, members and invites. What changes a group needs the relay; reading does not.</summary>
public sealed class VaultGroups
{
    /// <summary>Founds a shared group with epoch 1, its name and the own name; accepted at once.</summary>
    public Task<GroupView> CreateAsync(string name, string description = "", CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>The personal group and the accepted ones, personal first, then by name.</summary>
    public IReadOnlyList<GroupView> List() => throw new NotImplementedException();

    public GroupView Show(GroupId group) => throw new NotImplementedException();

    /// <summary>The one group with this id, id prefix (at least 8 digits), or name. NotFound, or Ambiguous with the candidates.</summary>
    public GroupView Find(string selector) => throw new NotImplementedException();

    public IReadOnlyList<MemberView> Members(GroupId group) => throw new NotImplementedException();

    public IReadOnlyList<InviteView> Invites(GroupId group) => throw new NotImplementedException();

    /// <summary>Newest first.</summary>
    public IReadOnlyList<LogEntry> Log(GroupId group, int most = 100, ulong? before = null) => throw new NotImplementedException();

    public Task LeaveAsync(GroupId group, CancellationToken cancellation = default) => throw new NotImplementedException();

    public Task SetRoleAsync(GroupId group, AccountId member, Role role, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Removes a member and starts a new epoch in the same commit.</summary>
    public Task RemoveAsync(GroupId group, AccountId member, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Opens an invite; the code is returned once its commit stands in the chain as pulled.</summary>
    public Task<OpenedInvite> InviteAsync(GroupId group, Role role, string label = "", TimeSpan? lifetime = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    public Task CloseInviteAsync(GroupId group, InviteId invite, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Posts a join request; the sync loop accepts the group when the add stands in the chain.</summary>
    public Task<JoinView> JoinAsync(string code, string ownName = "", CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Joins asked for by this device that are not done yet, and those done since start.</summary>
    public IReadOnlyList<JoinView> Joins() => throw new NotImplementedException();

    /// <summary>Waits until a join is done.</summary>
    public Task<GroupView> WaitForJoinAsync(GroupId group, TimeSpan wait, CancellationToken cancellation = default) => throw new NotImplementedException();
}
