using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

[Collection(AgentProcesses.Name)]
public sealed class OfflineTests(Household house)
{
    [Fact]
    public async Task With_the_relay_down_edits_are_kept_and_arrive_once_it_is_back()
    {
        var (ann, ben) = (house.Ann, house.Ben);
        await ann.AddAsync("family/Printer", "before");
        await house.StopRelayAsync();

        var kept = (await ann.TellAsync("after", "edit", "family/Printer", "--secret", "password")).Expect(0);
        Assert.Contains("saved here, 1 pending", kept.Errors, StringComparison.Ordinal);
        Assert.Equal("after", (await ann.DoAsync("get", "family/Printer")).Text);
        (await ann.RunAsync("edit", "family/Printer", "--field", "username=admin", "--wait", "--timeout", "2s")).Expect(9);
        (await ann.RunAsync("sync", "--timeout", "2s")).Expect(9);
        (await ann.RunAsync("get", "family/Printer", "--fresh")).Expect(9);

        // As old as the last proof is, and no younger: an hour is far beyond the usual bound, and more than a second has passed.
        (await ann.RunAsync("get", "family/Printer", "--max-age", "1h")).Expect(0);
        (await ann.RunAsync("get", "family/Printer", "--max-age", "1s")).Expect(9);
        Assert.Equal("after", (await ann.DoAsync("get", "family/Printer", "--offline")).Text);
        (await ann.RunAsync("get", "family/Printer", "--offline", "--fresh")).Expect(2);
        (await ann.RunAsync("status", "family")).Expect(10);

        // What waits outlives the process that took it.
        await ann.KillAgentAsync();
        await ann.UnlockAsync();
        Assert.Equal("after", (await ann.DoAsync("get", "family/Printer")).Text);

        await house.StartRelayAsync();
        await ann.DoAsync("sync");
        await ben.DoAsync("sync");
        Assert.Equal("after", (await ben.DoAsync("get", "family/Printer")).Text);
        Assert.Equal("admin", (await ben.DoAsync("get", "family/Printer#username")).Text);
        Assert.Equal(await ann.StateAsync("family"), await ben.StateAsync("family"));
    }
}
