using System.CommandLine;
using System.Diagnostics;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>
/// Runs the demo in this process's place. It is a program of its own, because it plays relay and two people, and looks into
/// the relay's database: this program may reference none of that.
/// </summary>
internal static class DemoVerb
{
    private static readonly Argument<string[]> _rest = new("options")
    {
        Description = "Passed on to the demo.",
        Arity = ArgumentArity.ZeroOrMore,
        CaptureRemainingTokens = true,
    };

    public static Command Create() => Verb.Create(
        "demo", "A relay and two people with a shared group, all on this machine, in a temporary directory.", RunAsync, _rest);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var start = SiblingProgram.Demo.ToStartInfo();
        if (run.Json)
        {
            start.ArgumentList.Add(GlobalOptions.Json.Name);
        }

        foreach (var argument in run.Value(_rest))
        {
            start.ArgumentList.Add(argument);
        }

        if (!OperatingSystem.IsWindows())
        {
            ProgramImage.Replace(start);
        }

        using var demo = Process.Start(start) ?? throw new AgentException(ExitCode.Error, "The demo did not start.");
        await demo.WaitForExitAsync(cancellation);
        return (ExitCode)demo.ExitCode;
    }
}
