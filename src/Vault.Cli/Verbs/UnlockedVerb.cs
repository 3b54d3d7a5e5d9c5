using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>For scripts: exit 0 when unlocked, 3 when not. Never asks, never starts an agent.</summary>
internal static class UnlockedVerb
{
    public static Command Create() => Verb.Create("unlocked", "Exit 0 when the keys are open, 3 when not. Never asks.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var state = run.RunningAgent() is { } agent
            ? await new AccountService.AccountServiceClient(run.Calls(agent)).GetLockStateAsync(
                new GetLockStateRequest(), cancellationToken: cancellation)
            : new GetLockStateResponse { State = LockState.Locked };
        if (run.Json)
        {
            run.Answer.Document(
                new LockDocument(
                    "svault.lock.unlocked/v1", Names.Of(state.State), state.LocksInMs == 0 ? null : state.LocksInMs, null, null),
                Documents.Json.Default.LockDocument);
        }
        else
        {
            run.Answer.Line(Names.Of(state.State));
        }

        return state.State == LockState.Unlocked ? Verb.Ok : ExitCode.Locked;
    }
}
