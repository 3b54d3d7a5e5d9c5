using System.CommandLine;
using Vault.Cli.Output;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Shell;

/// <summary>How a verb becomes a command: symbols, and a function from an invocation to an exit code.</summary>
internal static class Verb
{
    /// <summary>What a verb returns when all it claims is true.</summary>
    public const ExitCode Ok = ExitCode.Unspecified;

    /// <summary>The shell's own code for Ctrl-C.</summary>
    public const int Interrupted = 130;

    public static Command Create(
        string name, string description, Func<Invocation, CancellationToken, Task<ExitCode>> run, params ReadOnlySpan<Symbol> symbols)
    {
        var command = Group(name, description, symbols);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, run, cancellation));
        return command;
    }

    /// <summary>A command that only holds others.</summary>
    public static Command Group(string name, string description, params ReadOnlySpan<Symbol> symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    command.Add(argument);
                    break;
                case Option option:
                    command.Add(option);
                    break;
                case Command sub:
                    command.Add(sub);
                    break;
            }
        }

        return command;
    }

    /// <summary>The groups that a verb is about.</summary>
    public static Argument<string[]> Groups() => new("group") { Description = "Groups; all when none is named.", Arity = ArgumentArity.ZeroOrMore };

    private static async Task<int> RunAsync(
        ParseResult parsed, Func<Invocation, CancellationToken, Task<ExitCode>> run, CancellationToken cancellation)
    {
        try
        {
            using var invocation = new Invocation(parsed);
            return (int)await run(invocation, cancellation);
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (AgentException) when (cancellation.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (AgentException failure)
        {
            return ErrorReport.Write(failure.Error, parsed.GetValue(GlobalOptions.Json));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var error = new AgentError { Code = ExitCode.Error, Message = failure.Message };
            return ErrorReport.Write(error, parsed.GetValue(GlobalOptions.Json));
        }
    }
}
