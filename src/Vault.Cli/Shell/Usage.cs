using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Shell;

/// <summary>A command line that cannot mean anything.</summary>
internal static class Usage
{
    public static AgentException Wrong(string message, string nextStep = "") => new(ExitCode.Usage, message, nextStep);
}
