using System.Diagnostics;
using System.Net.Sockets;
using Vault.Agent.Tests.Kit;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Tests.CommandLine;

/// <summary>A command tells an agent that is busy from one that is not there any more.</summary>
public sealed class PulseTests
{
    // Only a command that waits for ever waits so long.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task An_agent_that_takes_calls_and_answers_none_ends_every_kind_of_call_with_its_process_and_what_to_do()
    {
        var home = Directory.CreateTempSubdirectory("vault-agent-").FullName;
        try
        {
            var paths = VaultPaths.Of(Profile.Default, variable => variable == "SVAULT_HOME" ? home : null);
            paths.Prepare();

            // What a stopped process leaves of itself: the kernel takes connections, and nobody reads.
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(paths.Socket));
            listener.Listen();
            using var channel = AgentChannel.TryConnect(paths)!;
            var sync = new SyncService.SyncServiceClient(Pulse.Of(channel, paths, TimeSpan.FromMilliseconds(20)));

            using var watch = sync.WatchChanges(new WatchChangesRequest());
            foreach (var call in (Func<Task>[])[() => sync.SyncAsync(new SyncRequest()).ResponseAsync, () => watch.ResponseStream.MoveNext(CancellationToken.None)])
            {
                var silent = await Assert.ThrowsAsync<AgentException>(() => call().WaitAsync(s_deadline, TestContext.Current.CancellationToken));
                Assert.Equal(ExitCode.Agent, silent.Code);
                Assert.Contains($"process {Environment.ProcessId}", silent.Message, StringComparison.Ordinal);
                Assert.Contains($"kill -CONT {Environment.ProcessId}", silent.Error.NextStep, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task An_agent_whose_client_is_busy_is_waited_for()
    {
        var patience = TimeSpan.FromMilliseconds(500);
        await using var agent = await LocalAgent.StartAsync();
        using var gate = new ManualResetEventSlim();
        var busy = agent.Client.RunInAnyHomeAsync(_ =>
        {
            gate.Wait(TestContext.Current.CancellationToken);
            return true;
        });
        try
        {
            var handshake = new AgentService.AgentServiceClient(Pulse.Of(agent.Channel, agent.Paths, patience)).HandshakeAsync(new HandshakeRequest()).ResponseAsync;

            // Past the time in which one that says nothing at all is given up.
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < 6 * patience && !handshake.IsCompleted;)
            {
                await Task.WhenAny(handshake, agent.Agent.PingAsync(new PingRequest()).ResponseAsync);
            }

            Assert.False(handshake.IsCompleted);
            gate.Set();
            Assert.Equal(LockState.NoAccount, (await handshake).LockState);
        }
        finally
        {
            gate.Set();
            await busy;
        }
    }
}
