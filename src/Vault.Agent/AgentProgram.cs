using Google.Protobuf;
using Vault.Agent.Accounts;
using Vault.Agent.Hosting;
using Vault.Agent.Process;
using Vault.Client;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent;

/// <summary>One image of the agent, from taking the profile's lock to its end.</summary>
internal static class AgentProgram
{
    // From "the answer is complete" to "the last byte is in the socket" is less than a millisecond. A caller who misses the
    // answer all the same asks the next image, which says "locked".
    private static readonly TimeSpan _answerGrace = TimeSpan.FromMilliseconds(20);

    // A start takes a second or two, an end waits a few seconds for calls; and less than the launcher's patience, so that
    // whoever waits for this process hears why it gave up.
    private static readonly TimeSpan _turnLimit = AgentLauncher.StartTimeout * 0.75;
    private static readonly TimeSpan _turnInterval = TimeSpan.FromMilliseconds(25);

    public static async Task<int> RunAsync(VaultPaths paths, bool detach, ProcessImage image, TimeProvider time, byte[] instance)
    {
        using var instanceLock = InheritedHandles.TakeLock() is { } inherited ? LockFile.Adopt(inherited) : await TakeTurnAsync(paths, time);
        if (instanceLock is null)
        {
            return AlreadyRuns(paths, detach);
        }

        var socket = new AgentSocket(paths, InheritedHandles.TakeSocket());
        var ending = new Ending();
        var identity = new AgentIdentity(paths.Profile, ByteString.CopyFrom(instance), time.GetTimestamp());
        await using var host = AgentHost.Build(paths, socket, identity, ending, time, ClientSeams.Production());
        var log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Vault.Agent");
        var client = host.Services.GetRequiredService<AgentClient>();
        await client.OpenAsync();
        await host.StartAsync();
        host.Lifetime.ApplicationStopping.Register(() => ending.Decide(EndingKind.Stop));
        log.Listening(AgentContract.ProgramVersion, Environment.ProcessId);
        if (detach)
        {
            Detachment.Report(AgentContract.ReadyLine);
        }

        if (await ending.Decided == EndingKind.Replace)
        {
            log.Replacing();
            await Task.Delay(_answerGrace, time);
            // The replica is closed as by any other end; keys would not survive the exec anyway.
            await client.DisposeAsync();
            image.Replace(InheritedHandles.HandOver(socket.Listening, instanceLock.Handle));
        }

        await host.StopAsync();
        socket.Remove();
        return 0;
    }

    // The profile's lock; null when an agent that holds it answers. One that holds it and does not answer is starting or
    // ending: commands that find no agent start one each, and all but the first come here.
    private static async Task<LockFile?> TakeTurnAsync(VaultPaths paths, TimeProvider time)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            if (LockFile.TryTake(paths.InstanceLock, out var taken))
            {
                return taken;
            }

            using var running = AgentChannel.TryConnect(paths);
            if (running is not null)
            {
                return null;
            }

            if (time.GetElapsedTime(since) > _turnLimit)
            {
                throw new AgentException(
                    ExitCode.Busy,
                    $"Another agent of profile '{paths.Profile}' has been starting or ending for {_turnLimit.TotalSeconds:0} s.");
            }

            await Task.Delay(_turnInterval, time);
        }
    }

    // For the command that started this one it is the same: an agent answers.
    private static int AlreadyRuns(VaultPaths paths, bool detach)
    {
        if (detach)
        {
            Detachment.Report(AgentContract.ReadyLine);
            return 0;
        }

        throw new AgentException(ExitCode.Busy, $"An agent of profile '{paths.Profile}' runs already.", "svault agent status");
    }
}
