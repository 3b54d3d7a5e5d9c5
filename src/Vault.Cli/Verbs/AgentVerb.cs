using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>agent start, stop, status: the process that holds the keys. Any other command starts it by itself.</summary>
internal static class AgentVerb
{
    private const string NoneRuns = "No agent runs.";

    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(10);

    public static Command Create() => Verb.Group(
        "agent",
        "Start, stop or look at the agent.",
        Verb.Create("start", "Start the agent, if it does not run.", StartAsync),
        Verb.Create("stop", "Stop the agent. Edits that wait stay on disk.", StopAsync),
        Verb.Create("status", "Show the agent. Exit 15 when none runs.", StatusAsync));

    private static async Task<ExitCode> StartAsync(Invocation run, CancellationToken cancellation)
    {
        Report(run, "start", await run.HandshakeAsync(await run.AgentAsync(cancellation), cancellation));
        return Verb.Ok;
    }

    private static async Task<ExitCode> StopAsync(Invocation run, CancellationToken cancellation)
    {
        var agent = run.RunningAgent();
        if (agent is not null)
        {
            await new AgentService.AgentServiceClient(run.Calls(agent)).StopAsync(new StopRequest(), cancellationToken: cancellation);
            await EndAsync(agent, cancellation);
        }

        if (run.Json)
        {
            run.Answer.Document(AgentDocument.Stop(run, stopped: agent is not null), Documents.Json.Default.AgentDocument);
        }
        else
        {
            run.Answer.Line(agent is not null ? "Stopped." : NoneRuns);
        }

        return Verb.Ok;
    }

    private static async Task EndAsync(AgentChannel agent, CancellationToken cancellation)
    {
        try
        {
            await agent.Closed.WaitAsync(_stopLimit, cancellation);
        }
        catch (TimeoutException)
        {
            throw new AgentException(ExitCode.Busy, $"The agent has not ended within {_stopLimit.TotalSeconds:0} s.", "svault agent status");
        }
    }

    private static async Task<ExitCode> StatusAsync(Invocation run, CancellationToken cancellation)
    {
        var handshake = run.RunningAgent() is { } agent ? await run.HandshakeAsync(agent, cancellation) : null;
        Report(run, "status", handshake);
        return handshake is { ContractVersion: AgentContract.Version } ? Verb.Ok : ExitCode.Agent;
    }

    private static void Report(Invocation run, string verb, HandshakeResponse? agent)
    {
        if (run.Json)
        {
            run.Answer.Document(AgentDocument.Of(verb, run, agent), Documents.Json.Default.AgentDocument);
        }
        else if (agent is null)
        {
            run.Answer.Line(NoneRuns);
        }
        else
        {
            run.Answer.Line(
                $"Agent {agent.ProgramVersion} runs: process {agent.ProcessId}, profile {agent.Profile}, {Names.Of(agent.LockState)}, for {Durations.Format(agent.UptimeMs)}.");
        }
    }
}
