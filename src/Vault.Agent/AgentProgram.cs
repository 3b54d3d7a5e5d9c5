using Google.Protobuf;
using Vault.Agent.Accounts;
using Vault.Agent.Hosting;
using Vault.Agent.Process;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent;

/// <summary>One image of the agent, from taking the profile's lock to its end.</summary>
internal static class AgentProgram
{
    // From "the answer is complete" to "the last byte is in the socket" is less than a millisecond. A caller who misses the
    // answer all the same asks the next image, which says "locked".
    private static readonly TimeSpan _answerGrace = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(VaultPaths paths, bool detach, ProcessImage image, TimeProvider time, byte[] instance)
    {
        // Starting agents queue here; who comes second finds the first one ready, or gone.
        var inheritedLock = InheritedHandles.TakeLock();
        var starting = inheritedLock is null ? LockFile.Take(paths.StartLock) : null;
        var held = inheritedLock is null ? null : LockFile.Adopt(inheritedLock);
        if (held is null && !LockFile.TryTake(paths.InstanceLock, out held))
        {
            starting?.Dispose();
            return AlreadyRuns(paths, detach);
        }

        using var instanceLock = held;
        var socket = new AgentSocket(paths, InheritedHandles.TakeSocket());
        var ending = new Ending();
        var identity = new AgentIdentity(paths.Profile, ByteString.CopyFrom(instance), time.GetTimestamp());
        await using var host = AgentHost.Build(paths, socket, identity, ending, time);
        var log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Vault.Agent");
        var client = host.Services.GetRequiredService<AgentClient>();
        await client.OpenAsync();
        await host.StartAsync();
        host.Lifetime.ApplicationStopping.Register(() => ending.Decide(EndingKind.Stop));
        starting?.Dispose();
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
