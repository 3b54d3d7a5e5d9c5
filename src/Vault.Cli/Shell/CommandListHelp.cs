using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Vault.Cli.Shell;

/// <summary>
/// The library's help, but for one thing: in a list of commands it writes arguments that may be left out like those that may
/// not. There they are left out; the command's own help shows them in brackets.
/// </summary>
internal sealed class CommandListHelp(HelpAction library) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => library.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        // For good: nothing else reads the tree before the process ends.
        foreach (var argument in parseResult.CommandResult.Command.Subcommands.SelectMany(command => command.Arguments))
        {
            argument.Hidden |= argument.Arity.MinimumNumberOfValues == 0;
        }

        return library.Invoke(parseResult);
    }
}
