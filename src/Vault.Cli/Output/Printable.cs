using System.Globalization;
using System.Text;

namespace Vault.Cli.Output;

/// <summary>Names and titles are other people's text: what would move the cursor or hide a character is shown, not obeyed.</summary>
internal static class Printable
{
    /// <summary>One line.</summary>
    public static string Of(string text) => Clean(text, keepLines: false);

    /// <summary>Several lines.</summary>
    public static string Lines(string text) => Clean(text, keepLines: true);

    private static string Clean(string text, bool keepLines)
    {
        if (text.All(c => !IsHostile(c)))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            clean.Append(IsHostile(c) && !(keepLines && c is '\n' or '\t') ? '\uFFFD' : c);
        }

        return clean.ToString();
    }

    // Format characters include the bidirectional overrides and zero-width ones.
    private static bool IsHostile(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
