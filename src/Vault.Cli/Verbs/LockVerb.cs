using System.CommandLine;
using Google.Protobuf;
using Vault.Cli.Documents;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Locks, and says so only when another process image has answered that it holds no key.</summary>
internal static class LockVerb
{
    private static readonly TimeSpan _replacementLimit = TimeSpan.FromSeconds(10);

    public static Command Create() => Verb.Create("lock", "Wipe the keys: the agent goes on without them.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        if (run.RunningAgent() is not { } agent)
        {
            Report(run, new LockResponse());
            return Verb.Ok;
        }

        var before = await run.HandshakeAsync(agent, cancellation);
        var locked = await LockAsync(run, agent, cancellation);
        await agent.Closed.WaitAsync(_replacementLimit, cancellation);
        using var next = AgentChannel.TryConnect(run.Paths);
        if (next is not null)
        {
            Check(before.Instance, await run.HandshakeAsync(next, cancellation));
        }

        Report(run, locked);
        return Verb.Ok;
    }

    // The answer may be lost with the old image; what the new one says is what counts.
    private static async Task<LockResponse> LockAsync(Invocation run, AgentChannel agent, CancellationToken cancellation)
    {
        try
        {
            return await new AccountService.AccountServiceClient(run.Calls(agent)).LockAsync(new LockRequest(), cancellationToken: cancellation);
        }
        catch (AgentException) when (agent.Closed.IsCompleted)
        {
            return new LockResponse();
        }
    }

    private static void Check(ByteString before, HandshakeResponse now)
    {
        if (now.Instance == before || now.LockState == LockState.Unlocked)
        {
            throw new AgentException(ExitCode.Busy, "The agent is unlocked: somebody unlocked it again, or it did not lock.", "svault lock");
        }
    }

    private static void Report(Invocation run, LockResponse locked)
    {
        if (run.Json)
        {
            run.Answer.Document(
                new LockDocument("svault.lock.lock/v1", "locked", null, locked.Pending, locked.Unsigned), Documents.Json.Default.LockDocument);
            return;
        }

        run.Answer.Line("Locked.");
        if (locked.Unsigned > 0)
        {
            run.Notices.Line($"svault: {UnsignedText.Of(locked.Unsigned)}");
        }
    }
}
