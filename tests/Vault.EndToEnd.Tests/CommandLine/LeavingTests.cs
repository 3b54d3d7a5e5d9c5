using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>Whoever is out of a group is told so, and what becomes of edits that were not sent.</summary>
[Collection(AgentProcesses.Name)]
public sealed class LeavingTests(Household house)
{
    private Person Ann => house.Ann;

    private Person Ben => house.Ben;

    [Fact]
    public async Task Who_left_is_told_so_when_the_group_is_named_again()
    {
        await Ann.DoAsync("group", "create", "club");
        await house.BringInAsync(Ben, "club", "editor");

        var left = await Ben.DoAsync("group", "leave", "club", "--yes", "--json");
        var again = (await Ben.RunAsync("ls", "club")).Expect(4);

        Assert.Equal("club", left.Document.GetProperty("group").GetProperty("name").GetString());
        Assert.Contains("not a member of club any more", again.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_members_unsent_edit_keeps_sync_from_saying_that_all_is_well()
    {
        await Ann.DoAsync("group", "create", "crew");
        await house.BringInAsync(Ben, "crew", "editor");
        await Ann.AddAsync("crew/Anchor", "before");
        await Ben.DoAsync("sync");
        await house.StopRelayAsync();
        (await Ben.RunAsync("sync", "--timeout", "2s")).Expect(9);
        await Ben.DoTellingAsync("after", "edit", "crew/Anchor", "--secret", "password");
        await Ben.KillAgentAsync();
        await house.StartRelayAsync();
        await Ann.DoAsync("sync");
        await Ann.DoAsync("member", "remove", "crew", "Ben", "--yes");
        await Ben.UnlockAsync();

        var synced = (await Ben.RunAsync("sync")).Expect(8);
        Assert.Contains("not a member any more", synced.Text, StringComparison.Ordinal);
        Assert.Contains("svault outbox list", synced.Text, StringComparison.Ordinal);
        (await Ben.RunAsync("status")).Expect(8);
        var retried = (await Ben.RunAsync("outbox", "retry", "--all")).Expect(8);
        Assert.Contains("set aside again", retried.Text, StringComparison.Ordinal);
        (await Ben.RunAsync("sync")).Expect(8);

        var waiting = (await Ben.DoAsync("outbox", "list", "--json")).Document.GetProperty("edits");
        await Ben.DoAsync("outbox", "discard", waiting[0].GetProperty("opId").GetString()!, "--yes");
        await Ben.DoAsync("sync");
    }

    [Fact]
    public async Task With_the_relay_down_a_change_of_members_says_whether_it_will_happen()
    {
        await Ann.DoAsync("group", "create", "band");
        await house.BringInAsync(Ben, "band", "editor");
        await house.StopRelayAsync();
        (await Ann.RunAsync("sync", "--timeout", "2s")).Expect(9);

        var role = (await Ann.RunAsync("member", "role", "band", "Ben", "viewer")).Expect(9);
        var founded = (await Ann.RunAsync("group", "create", "chorale")).Expect(9);
        await house.StartRelayAsync();
        await Ann.DoAsync("sync");

        Assert.Contains("Nothing was changed", role.Errors, StringComparison.Ordinal);
        Assert.Contains("editor", (await Ann.DoAsync("member", "list", "band")).Text, StringComparison.Ordinal);
        Assert.Contains("made here all the same", founded.Errors, StringComparison.Ordinal);
        Assert.Contains("chorale", (await Ann.DoAsync("group", "list")).Text, StringComparison.Ordinal);
    }
}
