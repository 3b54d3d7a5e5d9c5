using System.Text.RegularExpressions;

namespace Vault.Tidy.Tests;

/// <summary>
/// What no tracked file may contain. The words are put together here, so that this file passes its own test.
/// </summary>
public sealed partial class BannedWordsTests
{
    private static readonly string[] s_words =
    [
        "Not" + "Implemented" + "Exception",
        "TO" + "DO",
        "FIX" + "ME",
        "Skip" + " = \"",
        "Skip" + "=\"",
        "Assert" + ".Skip",
    ];

    private static readonly string[] s_machinePaths = ["/wo" + "rk/", "/ro" + "ot/"];

    private static readonly string[] s_registries =
    [
        "nuget" + ".org",
        "npm" + "js.org",
        "npm" + "js.com",
        "py" + "pi.org",
        "python" + "hosted.org",
        "crates" + ".io/api",
        "proxy.golang" + ".org",
        "deb.debian" + ".org",
    ];

    [Fact]
    public void Nothing_is_left_for_later() => Findings.None(Find(s_words, file => !IsLock(file)));

    [Fact]
    public void No_path_of_one_machine() => Findings.None(Find(s_machinePaths, file => !IsLock(file)));

    [Fact]
    public void No_address_of_a_registry()
    {
        Findings.None(Find(s_registries, _ => true));
        Findings.None(Texts(IsLock).Where(t => ResolvedAddress().IsMatch(t.Text)).Select(t => t.File));
        Findings.None(Texts(f => Path.GetFileName(f) == ".npmrc").Where(t => RegistrySetting().IsMatch(t.Text)).Select(t => t.File));
    }

    [Fact]
    public void The_search_finds_a_planted_word()
    {
        var planted = new string("fi xm e".Where(char.IsLetter).ToArray()).ToUpperInvariant();
        Assert.Single(Find([("file.cs", $"ok\n// {planted}: later\n")], s_words));
        Findings.None(Find([("file.cs", $"X{planted}X")], s_words));
    }

    private static List<string> Find(string[] words, Func<string, bool> where) => Find(Texts(where), words);

    private static List<string> Find(IEnumerable<(string File, string Text)> texts, string[] words)
    {
        List<string> found = [];
        foreach (var (file, text) in texts)
        {
            foreach (var word in words.Where(w => text.Contains(w, StringComparison.Ordinal)))
            {
                var lines = text.Split('\n');
                found.AddRange(lines.Index().Where(l => Occurs(word, l.Item)).Select(l => $"{file}:{l.Index + 1}: {word}"));
            }
        }
        return found;
    }

    /// <summary>Words stand alone: letters before or after make another word.</summary>
    private static bool Occurs(string word, string line)
    {
        for (var at = line.IndexOf(word, StringComparison.Ordinal); at >= 0; at = line.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            var opens = !char.IsLetterOrDigit(word[0]) || at == 0 || !char.IsLetterOrDigit(line[at - 1]);
            var closes = !char.IsLetterOrDigit(word[^1]) || end == line.Length || !char.IsLetterOrDigit(line[end]);
            if (opens && closes)
            {
                return true;
            }
        }
        return false;
    }

    private static IEnumerable<(string File, string Text)> Texts(Func<string, bool> where) =>
        Repository.Files.Where(where).Select(f => (File: f, Text: Repository.Text(f))).Where(t => !t.Text.Contains('\0', StringComparison.Ordinal));

    private static bool IsLock(string file) => Path.GetFileName(file) is "packages.lock.json" or "package-lock.json";

    [GeneratedRegex("\"resolved\": *\"[a-z]+:")]
    private static partial Regex ResolvedAddress();

    [GeneratedRegex("registry *=", RegexOptions.IgnoreCase)]
    private static partial Regex RegistrySetting();
}
