using System.CommandLine;
using System.Globalization;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Help on a command, and the table of exit codes.</summary>
internal static class HelpVerb
{
    private const string ExitCodesTopic = "exit-codes";

    private static readonly Argument<string[]> _topic = new("topic")
    {
        Description = $"A command, or {ExitCodesTopic}.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Command Create(RootCommand root) => Verb.Create("help", "Show help on a command, or the exit codes.", (run, _) => RunAsync(root, run), _topic);

    private static async Task<ExitCode> RunAsync(RootCommand root, Invocation run)
    {
        var topic = run.Value(_topic);
        if (topic is not [ExitCodesTopic])
        {
            return (ExitCode)await root.Parse([.. topic, "--help"]).InvokeAsync();
        }

        if (run.Json)
        {
            run.Answer.Document(
                new ExitCodesDocument(
                    "svault.program.exit-codes/v1", [.. ExitCodes.All.Select(entry => new ExitCodePart(entry.Code, entry.Name, entry.Meaning))]),
                Documents.Json.Default.ExitCodesDocument);
        }
        else
        {
            run.Answer.Table(
                ["CODE", "NAME", "MEANING"],
                ExitCodes.All.Select(entry => new[] { entry.Code.ToString(CultureInfo.InvariantCulture), entry.Name, entry.Meaning }));
        }

        return Verb.Ok;
    }
}
