using Vault.Client;
using Vault.Client.Groups;
using Vault.Ipc.V1;

namespace Vault.Agent.Views;

/// <summary>What is new about groups, as the contract shows it.</summary>
internal static class ChangeViews
{
    public static WatchChangesResponse Standing(VaultClient vault, ChangeFeed feed)
    {
        var standing = new GroupsStand();
        standing.Groups.Add(feed.Standing.Select(group => GroupViews.Of(vault, group)));
        return new WatchChangesResponse { Standing = standing };
    }

    public static WatchChangesResponse Of(VaultClient vault, GroupChange change)
    {
        var (id, name) = (change.Group.Id.ToString(), change.Group.Name);
        return change switch
        {
            GroupChange.Committed { Entry: var entry } => new() { Commit = new CommitVerified { GroupId = id, Group = name, Entry = new LogViews(vault, change.Group.Id).Of(entry) } },
            GroupChange.Skipped skipped => new() { Skipped = new CommitsSkipped { GroupId = id, Group = name, FromSeq = skipped.From, ToSeq = skipped.To } },
            GroupChange.Stands stands => new()
            {
                State = new StateChanged
                {
                    GroupId = id,
                    Group = name,
                    Before = stands.Before is { } before ? (GroupState)((int)before + 1) : GroupState.Unspecified,
                    Freshness = GroupViews.Of(change.Group.Status, vault.Sync.Connection().Reason),
                },
            },
            _ => throw new InvalidOperationException(change.GetType().Name),
        };
    }
}
