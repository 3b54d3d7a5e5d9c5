using System.Text.RegularExpressions;

namespace Vault.Tidy.Tests;

/// <summary>The little of Markdown that these tests read: fenced blocks, inline code and tables.</summary>
internal static partial class Markdown
{
    /// <summary>The lines inside each fenced block, in order.</summary>
    public static List<List<string>> CodeBlocks(string text)
    {
        List<List<string>> blocks = [];
        List<string>? open = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                if (open is null)
                {
                    open = [];
                }
                else
                {
                    blocks.Add(open);
                    open = null;
                }
            }
            else
            {
                open?.Add(line.TrimEnd('\r'));
            }
        }
        Assert.True(open is null, "A fenced block is never closed.");
        return blocks;
    }

    /// <summary>What stands in backticks outside fenced blocks.</summary>
    public static IEnumerable<string> InlineCode(string text)
    {
        var prose = FencedBlock().Replace(text, "");
        return InlineSpan().Matches(prose).Select(m => m.Groups[1].Value);
    }

    /// <summary>The rows of each table, header first, cells trimmed; the ruler between header and body is dropped.</summary>
    public static List<List<string[]>> Tables(string text)
    {
        List<List<string[]>> tables = [];
        List<string[]>? open = null;
        foreach (var line in FencedBlock().Replace(text, "").Split('\n').Select(l => l.Trim()))
        {
            if (!line.StartsWith('|'))
            {
                open = null;
                continue;
            }
            if (open is null)
            {
                tables.Add(open = []);
            }
            if (!Ruler().IsMatch(line))
            {
                open.Add([.. line.Trim('|').Split('|').Select(c => c.Trim())]);
            }
        }
        return tables;
    }

    [GeneratedRegex(@"^[ \t]*```.*?^[ \t]*```[^\n]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FencedBlock();

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex InlineSpan();

    [GeneratedRegex(@"^\|[\s:|-]+\|?$")]
    private static partial Regex Ruler();
}
