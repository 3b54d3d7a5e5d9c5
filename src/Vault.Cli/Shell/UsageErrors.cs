using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Vault.Cli.Shell;

/// <summary>
/// What is wrong with a command line, in sentences that repeat no word of it but names: what follows an option that does not
/// exist is often a secret, and standard error ends up in logs, recordings and other people's terminals.
/// </summary>
internal static partial class UsageErrors
{
    /// <summary>Null when nothing is wrong.</summary>
    public static string? Sentence(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
        {
            return Stray(parsed);
        }

        var unmatched = parsed.UnmatchedTokens.Count > 0 ? Unmatched(parsed) : null;
        var others = parsed.Errors
            .Where(error => !parsed.UnmatchedTokens.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal)))
            .Select(error => Describe(parsed, error));
        return string.Join(' ', others.Prepend(unmatched).OfType<string>().Distinct(StringComparer.Ordinal));
    }

    // The parser takes an unknown option for an argument wherever one more fits. Behind -- it is meant as one.
    private static string? Stray(ParseResult parsed)
    {
        var arguments = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .Where(result => !result.Argument.CaptureRemainingTokens)
            .SelectMany(result => result.Tokens)
            .ToArray();
        var stray = parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Value is ['-', _, ..] && arguments.Any(argument => ReferenceEquals(argument, token)));
        if (stray is null)
        {
            return null;
        }

        var option = OptionName().Match(stray.Value);
        return $"{(option.Success ? NoOption(option.Value) : "That is no option.")} Write -- before a name that begins with -.";
    }

    private static string NoOption(string name) => $"There is no option {name} here.";

    // Only the first: what looks like a second unknown option may be the value of the first.
    private static string Unmatched(ParseResult parsed)
    {
        var option = parsed.UnmatchedTokens.Select(token => OptionName().Match(token)).FirstOrDefault(match => match.Success)?.Value;
        return option is not null ? NoOption(option)
            : parsed.CommandResult.Command.Subcommands.Count > 0 ? "There is no such command."
            : "There is an argument too many.";
    }

    private static string Describe(ParseResult parsed, ParseError error)
    {
        var values = parsed.Tokens.Where(token => token.Type == TokenType.Argument && token.Value.Length > 0);
        if (!values.Any(token => error.Message.Contains(token.Value, StringComparison.Ordinal)))
        {
            return error.Message;
        }

        var choices = Choices().Matches(error.Message[(error.Message.IndexOf(MustBeOneOf, StringComparison.Ordinal) is var at and >= 0 ? at : error.Message.Length)..]);
        var allowed = choices.Count == 0 ? "" : $" It is one of: {string.Join(", ", choices.Select(choice => choice.Groups[1].Value))}.";
        return $"{NameOf(error.SymbolResult)} does not take that value.{allowed}";
    }

    private static string NameOf(SymbolResult? symbol) => symbol switch
    {
        OptionResult option => option.Option.Name,
        ArgumentResult { Parent: OptionResult option } => option.Option.Name,
        ArgumentResult argument => $"<{argument.Argument.Name}>",
        _ => "The command",
    };

    private const string MustBeOneOf = "Must be one of:";

    // A long option up to its value, or a short one without what is glued to it.
    [GeneratedRegex("^(--[A-Za-z][A-Za-z0-9-]*|-[A-Za-z])")]
    private static partial Regex OptionName();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Choices();
}
