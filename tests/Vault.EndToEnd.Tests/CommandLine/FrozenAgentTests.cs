using System.Diagnostics;
using Vault.EndToEnd.Tests.People;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>An agent that was stopped, as by a debugger or a container that is frozen, keeps its socket open and says nothing.</summary>
public sealed class FrozenAgentTests
{
    [Fact]
    public async Task Commands_to_a_frozen_agent_end_with_what_to_do_and_work_again_once_it_goes_on()
    {
        using var scratch = new Scratch();
        await using var fay = new Person("Fay", scratch.Folder("Fay"));
        await fay.DoAsync("agent", "start");
        var agent = (await fay.AgentAsync()).ProcessId;
        await SignalAsync("STOP", agent);
        try
        {
            foreach (var frozen in await Task.WhenAll(fay.RunAsync("unlocked"), fay.RunAsync("agent", "stop")))
            {
                Assert.Contains($"kill -CONT {agent}", frozen.Expect(15).Errors, StringComparison.Ordinal);
            }
        }
        finally
        {
            await SignalAsync("CONT", agent);
        }

        // What was asked meanwhile is carried out now: the stop.
        (await fay.RunAsync("unlocked")).Expect(3);
        await fay.DoAsync("agent", "stop");
    }

    private static async Task SignalAsync(string signal, uint process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
