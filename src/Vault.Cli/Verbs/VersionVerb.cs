using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>This program's version, and the running agent's when there is one.</summary>
internal static class VersionVerb
{
    /// <summary>What `svault --version` prints, before anything is parsed.</summary>
    public static string Line => $"svault {AgentContract.ProgramVersion}";

    public static Command Create() => Verb.Create("version", "Show the version of this program and of the running agent.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var agent = run.RunningAgent() is { } channel ? await run.HandshakeAsync(channel, cancellation) : null;
        if (run.Json)
        {
            run.Answer.Document(
                new VersionDocument(
                    "svault.program.version/v1", AgentContract.ProgramVersion, AgentContract.Version, agent?.ProgramVersion, agent?.ContractVersion),
                Documents.Json.Default.VersionDocument);
            return Verb.Ok;
        }

        run.Answer.Line(Line);
        if (agent is not null)
        {
            run.Answer.Line($"agent  {agent.ProgramVersion}");
        }

        return agent is null or { ContractVersion: AgentContract.Version } ? Verb.Ok : ExitCode.Agent;
    }
}
