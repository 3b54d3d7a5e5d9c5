using System.CommandLine;
using Vault.Cli;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Cli.Verbs;
using Vault.Ipc.V1;

if (args is ["--version"])
{
    Console.Out.WriteLine(VersionVerb.Line);
    return 0;
}

// A file named by "@file" could not be told from a title that begins so.
var parsed = CommandTree.Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (UsageErrors.Sentence(parsed) is { } wrong)
{
    var error = new AgentError
    {
        Code = ExitCode.Usage,
        Message = wrong,
        NextStep = CommandName(parsed) is { Length: > 0 } name ? $"svault help {name}" : "svault help",
    };
    return ErrorReport.Write(error, args.Contains(GlobalOptions.Json.Name));
}

return await parsed.InvokeAsync(new InvocationConfiguration
{
    EnableDefaultExceptionHandler = false,
    ProcessTerminationTimeout = TimeSpan.FromSeconds(1),
});

static string CommandName(ParseResult parsed)
{
    List<string> names = [];
    for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult command; at = at.Parent)
    {
        if (command.Command is not RootCommand)
        {
            names.Insert(0, command.Command.Name);
        }
    }

    return string.Join(' ', names);
}
