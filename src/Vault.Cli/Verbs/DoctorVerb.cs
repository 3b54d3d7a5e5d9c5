using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Health;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Looks for what goes wrong in silence. Exit 0 when nothing is found, 13 when something warns or fails.</summary>
internal static class DoctorVerb
{
    private static readonly Option<bool> _fix = new("--fix") { Description = "Mend what can be mended. Throws no edit away." };

    public static Command Create() => Verb.Create(
        "doctor", "Look for what is wrong with this device and its way to the relay. Exit 0 nothing, 13 findings.", RunAsync, _fix);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var fix = run.Value(_fix);
        List<CheckView> checks = [HomeCheck.Look(run.Paths, fix)];
        checks.AddRange(await run.Notices.WhileAsync("examining", AgentChecks.AskAsync(run, fix, cancellation)));
        var sound = checks.All(check => check.State is CheckState.Ok or CheckState.Skipped);
        if (run.Json)
        {
            run.Answer.Document(
                new DoctorDocument("svault.health.doctor/v1", sound, [.. checks.Select(CheckPart.Of)]), Documents.Json.Default.DoctorDocument);
        }
        else
        {
            Print(run, checks);
        }

        return sound ? Verb.Ok : ExitCode.Findings;
    }

    private static void Print(Invocation run, IReadOnlyCollection<CheckView> checks)
    {
        var width = checks.Max(check => check.Name.Length);
        foreach (var check in checks)
        {
            // What is wrong stands out without colour.
            var state = Names.Of(check.State);
            run.Answer.Line($"{(check.State is CheckState.Fail or CheckState.Warn ? state.ToUpperInvariant() : state),-8}{check.Name.PadRight(width)}  {check.Text}");
            if (check.Mended.Length > 0)
            {
                run.Answer.Line($"{"",8}mended: {check.Mended}");
            }

            if (check.Command.Length > 0)
            {
                run.Answer.Line($"{"",8}→ {check.Command}");
            }
        }
    }
}
