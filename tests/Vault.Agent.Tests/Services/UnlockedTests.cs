using Google.Protobuf;
using Vault.Agent.Tests.Kit;
using Vault.Client.Tests.Kit;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Tests.Services;

/// <summary>What an agent says with its keys in memory, and what without.</summary>
public sealed class UnlockedTests
{
    private const uint Soon = 60_000;

    [Fact]
    public async Task A_log_calls_items_by_their_titles_while_unlocked_and_a_status_calls_this_device_by_its_name()
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await LocalAgent.StartAsync();
        await ann.RegisterAsync(relay, "Ann");
        var item = await ann.AddAsync("personal", "Router", Soon);

        Assert.Equal("Router", (await PutAsync(ann, item)).Subject);
        var status = await ann.Sync.GetStatusAsync(new GetStatusRequest { Groups = { "personal" }, Members = true });
        Assert.Equal("Ann's laptop", Assert.Single(Assert.Single(status.Groups).MemberDevices).DeviceName);

        await ann.RestartAsync();
        Assert.Equal("", (await PutAsync(ann, item)).Subject);
    }

    [Fact]
    public async Task Edits_that_a_locked_agent_cannot_sign_are_told_to_whoever_syncs()
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await LocalAgent.StartAsync();
        await ann.RegisterAsync(relay, "Ann");
        await relay.DownAsync();
        await ann.AddAsync("personal", "Kept", waitMs: 0);
        Assert.Equal(0u, (await ann.Sync.SyncAsync(new SyncRequest { TimeoutMs = 1_000 })).Unsigned);

        await ann.RestartAsync();
        var synced = await ann.Sync.SyncAsync(new SyncRequest { TimeoutMs = 1_000 });
        Assert.Equal(1u, synced.Unsigned);
        Assert.False(synced.AllProven);

        await relay.UpAsync();
        await ann.Accounts.UnlockAsync(new UnlockRequest { Password = ByteString.CopyFromUtf8(TestPerson.Password) });
        Assert.True((await ann.Sync.SyncAsync(new SyncRequest { TimeoutMs = Soon })).AllProven);
    }

    [Fact]
    public async Task Whoever_is_to_be_asked_about_a_member_or_an_item_in_the_trash_finds_it_first()
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await LocalAgent.StartAsync();
        await ann.RegisterAsync(relay, "Ann");
        var item = await ann.AddAsync("personal", "Jar", Soon);
        await ann.Items.RemoveItemAsync(new RemoveItemRequest { Selector = item.Id, WaitMs = Soon });

        Assert.Equal(item.Id, (await ann.Items.ShowItemAsync(new ShowItemRequest { Selector = "personal/Jar", Trash = true })).Item.Summary.Id);
        var hidden = await Assert.ThrowsAsync<AgentException>(
            () => ann.Items.ShowItemAsync(new ShowItemRequest { Selector = "personal/Jar" }).ResponseAsync);
        Assert.Contains("in the trash", hidden.Message, StringComparison.Ordinal);

        await ann.Groups.CreateGroupAsync(new CreateGroupRequest { Name = "family" });
        var self = await ann.Members.ShowMemberAsync(new ShowMemberRequest { Group = "family", Member = "Ann" });
        Assert.Equal(("family", "Ann", Role.Owner), (self.Group, self.Member.Name, self.Member.Role));
        var nobody = await Assert.ThrowsAsync<AgentException>(
            () => ann.Members.ShowMemberAsync(new ShowMemberRequest { Group = "family", Member = "nonsense" }).ResponseAsync);
        Assert.Equal(ExitCode.NotFound, nobody.Code);
    }

    private static async Task<LogChange> PutAsync(LocalAgent agent, ItemSummary item)
    {
        var log = await agent.Groups.ListGroupLogAsync(new ListGroupLogRequest { Group = item.GroupId });
        return Assert.Single(log.Entries.SelectMany(entry => entry.Changes), change => change.Kind == ChangeKind.Put && change.SubjectId == item.Id);
    }
}
