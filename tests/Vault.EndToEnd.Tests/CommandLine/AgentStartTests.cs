using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

[Collection(AgentProcesses.Name)]
public sealed class AgentStartTests(Household house)
{
    [Fact]
    public async Task Commands_that_find_no_agent_at_the_same_time_share_one_and_stop_says_whether_it_ended_one()
    {
        await using var cleo = house.NewPerson("starts");

        var started = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => cleo.RunAsync("agent", "start", "--json")));
        Assert.Single(started.Select(one => one.Expect(0).Document.GetProperty("processId").GetUInt32()).Distinct());

        Assert.Equal("Stopped.\n", (await cleo.DoAsync("agent", "stop")).Text);
        Assert.Equal("No agent runs.\n", (await cleo.DoAsync("agent", "stop")).Text);
        // At once after the stop: the one that ends may still hold the profile.
        await cleo.DoAsync("agent", "start");
        Assert.True((await cleo.DoAsync("agent", "stop", "--json")).Document.GetProperty("stopped").GetBoolean());
        Assert.False((await cleo.DoAsync("agent", "stop", "--json")).Document.GetProperty("stopped").GetBoolean());
    }
}
