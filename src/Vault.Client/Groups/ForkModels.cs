using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Groups;

/// <summary>What became of adopting a relay's branch.</summary>
/// <param name="GivenUp">Commits of this device's branch, which are kept aside.</param>
/// <param name="Taken">Commits of the relay's.</param>
/// <param name="Edits">Items that this device's branch had otherwise: they wait as edits, and are merged.</param>
/// <param name="Removals">Members whom it had removed and who are members again.</param>
/// <param name="Roles">Members to whom it had given another role.</param>
public sealed record AdoptedBranch(int GivenUp, int Taken, int Edits, int Removals, int Roles);

/// <summary>Something that a branch which was given up said of a member.</summary>
/// <param name="Now">The role that the group gives them.</param>
/// <param name="Lost">What the other branch said. Null: that they are no member.</param>
public sealed record LostChangeView(GroupId Group, AccountId Account, string Name, Role Now, Role? Lost);
