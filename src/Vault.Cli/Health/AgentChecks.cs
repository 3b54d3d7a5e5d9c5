using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Health;

/// <summary>The agent: whether it can be reached and is of this version; then what it says itself.</summary>
internal static class AgentChecks
{
    public static async Task<IReadOnlyList<CheckView>> AskAsync(Invocation run, bool fix, CancellationToken cancellation)
    {
        List<CheckView> checks = [];
        try
        {
            var channel = await run.AgentAsync(cancellation);
            var agent = await run.HandshakeAsync(channel, cancellation);
            checks.Add(Of("socket", CheckState.Ok, $"process {agent.ProcessId} of this user answers on {run.Paths.Socket}"));
            checks.Add(Version(agent));
            var found = await new DoctorService.DoctorServiceClient(run.Calls(channel)).ExamineAsync(new ExamineRequest { Mend = fix }, cancellationToken: cancellation);
            checks.AddRange(found.Checks);
        }
        catch (AgentException refused) when (!cancellation.IsCancellationRequested)
        {
            checks.Add(Of("agent", CheckState.Fail, refused.Message, refused.Error.NextStep));
        }

        return checks;
    }

    private static CheckView Version(HandshakeResponse agent) =>
        agent.ContractVersion == AgentContract.Version && agent.ProgramVersion == AgentContract.ProgramVersion
            ? Of("agent", CheckState.Ok, $"svault and its agent are {agent.ProgramVersion}")
            : Of("agent", CheckState.Fail, $"the agent is {agent.ProgramVersion} and svault {AgentContract.ProgramVersion}", "svault agent stop");

    private static CheckView Of(string name, CheckState state, string text, string command = "") =>
        new() { Name = name, State = state, Text = text, Command = command };
}
