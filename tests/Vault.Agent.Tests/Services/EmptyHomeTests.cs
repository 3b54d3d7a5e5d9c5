using Vault.Agent.Tests.Kit;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Tests.Services;

/// <summary>A home in which nobody has registered or logged in.</summary>
public sealed class EmptyHomeTests
{
    // Only a failure waits so long: a watch of nothing has no end.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Whatever_needs_an_account_says_that_there_is_none_and_not_that_all_is_well_or_nothing_has_that_name()
    {
        await using var agent = await LocalAgent.StartAsync();
        (string Name, Func<Task> Call)[] calls =
        [
            ("whoami", () => agent.Accounts.WhoAmIAsync(new WhoAmIRequest()).ResponseAsync),
            ("get", () => agent.Items.GetFieldAsync(new GetFieldRequest { Selector = "family/Router" }).ResponseAsync),
            ("show", () => agent.Items.ShowItemAsync(new ShowItemRequest { Selector = "family/Router" }).ResponseAsync),
            ("ls", () => agent.Items.ListItemsAsync(new ListItemsRequest()).ResponseAsync),
            ("rm", () => agent.Items.RemoveItemAsync(new RemoveItemRequest { Selector = "family/Router" }).ResponseAsync),
            ("group list", () => agent.Groups.ListGroupsAsync(new ListGroupsRequest()).ResponseAsync),
            ("group show", () => agent.Groups.ShowGroupAsync(new ShowGroupRequest { Group = "family" }).ResponseAsync),
            ("group log", () => agent.Groups.ListGroupLogAsync(new ListGroupLogRequest { Group = "family" }).ResponseAsync),
            ("group evidence", () => agent.Forks.ExportEvidenceAsync(new ExportEvidenceRequest { Group = "family" }).ResponseAsync),
            ("removal list", () => agent.Forks.ListRemovalsAsync(new ListRemovalsRequest()).ResponseAsync),
            ("member list", () => agent.Members.ListMembersAsync(new ListMembersRequest { Group = "family" }).ResponseAsync),
            ("invite list", () => agent.Members.ListInvitesAsync(new ListInvitesRequest { Group = "family" }).ResponseAsync),
            ("conflict list", () => agent.Conflicts.ListConflictsAsync(new ListConflictsRequest()).ResponseAsync),
            ("outbox list", () => agent.Outbox.ListOutboxAsync(new ListOutboxRequest()).ResponseAsync),
            ("outbox retry", () => agent.Outbox.RetryEditsAsync(new RetryEditsRequest { All = true }).ResponseAsync),
            ("status", () => agent.Sync.GetStatusAsync(new GetStatusRequest()).ResponseAsync),
            ("sync", () => agent.Sync.SyncAsync(new SyncRequest()).ResponseAsync),
            ("watch", () => agent.Sync.WatchChanges(new WatchChangesRequest()).ResponseStream.MoveNext(CancellationToken.None)),
        ];
        foreach (var (name, call) in calls)
        {
            var refused = await Assert.ThrowsAsync<AgentException>(() => call().WaitAsync(s_deadline, TestContext.Current.CancellationToken));
            Assert.True(refused.Code == ExitCode.Locked, $"{name}: {refused.Code}, {refused.Message}");
            Assert.Equal("svault register, or svault login", refused.Error.NextStep);
        }
    }

    [Fact]
    public async Task What_needs_no_account_works()
    {
        await using var agent = await LocalAgent.StartAsync();
        Assert.Equal(LockState.NoAccount, (await agent.Agent.HandshakeAsync(new HandshakeRequest())).LockState);
        Assert.Equal(LockState.NoAccount, (await agent.Accounts.GetLockStateAsync(new GetLockStateRequest())).State);
        Assert.Contains((await agent.Doctor.ExamineAsync(new ExamineRequest())).Checks, check => check.Name == "account");
        Assert.False((await agent.Accounts.LockAsync(new LockRequest())).WasUnlocked);
    }
}
