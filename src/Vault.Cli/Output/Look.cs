using Spectre.Console;

namespace Vault.Cli.Output;

/// <summary>Colour only where a person watches and has not said no: NO_COLOR, TERM=dumb, CLICOLOR_FORCE.</summary>
internal static class Look
{
    private const int Unbounded = 100_000;

    public static Style Heading { get; } = new(decoration: Decoration.Bold);

    public static bool Coloured(bool isTerminal)
    {
        if (Environment.GetEnvironmentVariable("CLICOLOR_FORCE") is { Length: > 0 } and not "0")
        {
            return true;
        }

        return isTerminal
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
    }

    /// <summary>A console over the given writer that asks the environment nothing by itself.</summary>
    public static IAnsiConsole Console(TextWriter writer, bool isTerminal)
    {
        var coloured = Coloured(isTerminal);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = coloured ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = coloured ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = Width(isTerminal);
        return console;
    }

    /// <summary>Columns to write in; elsewhere than at a terminal a line may be as long as it is.</summary>
    public static int Width(bool isTerminal) => isTerminal && System.Console.WindowWidth > 0 ? System.Console.WindowWidth : Unbounded;
}
