using System.CommandLine;
using System.Globalization;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Help on a command, the table of exit codes, and the forms of a selector.</summary>
internal static class HelpVerb
{
    private const string ExitCodesTopic = "exit-codes";
    private const string SelectorsTopic = "selectors";

    private static readonly Argument<string[]> _topic = new("topic")
    {
        Description = $"A command, {ExitCodesTopic} or {SelectorsTopic}.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Command Create(RootCommand root) => Verb.Create("help", "Show help on a command, the exit codes, or how items are named.", (run, _) => RunAsync(root, run), _topic);

    private static async Task<ExitCode> RunAsync(RootCommand root, Invocation run)
    {
        switch (run.Value(_topic))
        {
            case [ExitCodesTopic]:
                ReportExitCodes(run);
                return Verb.Ok;
            case [SelectorsTopic]:
                ReportSelectors(run);
                return Verb.Ok;
            case var path:
                Require(root, path);
                return (ExitCode)await root.Parse([.. path, "--help"]).InvokeAsync();
        }
    }

    // The parser would take a word that is no command for an argument, and show the help of what stands before it.
    private static void Require(Command root, string[] path)
    {
        var at = root;
        for (var depth = 0; depth < path.Length; depth++)
        {
            string[] topics = depth == 0 ? [ExitCodesTopic, SelectorsTopic] : [];
            string[] names = [.. at.Subcommands.Select(command => command.Name), .. topics];
            at = at.Subcommands.FirstOrDefault(command => command.Name == path[depth])
                ?? throw Usage.Wrong(
                    "There is no help on that.",
                    names.Length == 0 ? $"svault help {string.Join(' ', path[..depth])}" : $"There is: {string.Join(", ", names)}.");
        }
    }

    private static void ReportSelectors(Invocation run)
    {
        if (run.Json)
        {
            run.Answer.Document(
                new SelectorsDocument(
                    "svault.program.selectors/v1", [.. SelectorForms.All.Select(entry => new SelectorPart(entry.Form, entry.Meaning))]),
                Documents.Json.Default.SelectorsDocument);
        }
        else
        {
            run.Answer.Table(["FORM", "MEANING"], SelectorForms.All.Select(entry => new[] { entry.Form, entry.Meaning }));
        }
    }

    private static void ReportExitCodes(Invocation run)
    {
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
    }
}
