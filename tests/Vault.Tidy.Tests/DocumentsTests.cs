using System.Text.RegularExpressions;

namespace Vault.Tidy.Tests;

/// <summary>Documents name files and tests; what they name exists.</summary>
public sealed partial class DocumentsTests
{
    /// <summary>Grows as documents appear; none of these may disappear again.</summary>
    private static readonly string[] s_required =
    [
        "README.md",
        "SECURITY.md",
        "protos/README.md",
        "src/DECISIONS.md",
        "src/README.md",
        "src/Vault.Core/FORMAT.md",
        "src/Vault.Crypto/KEYS.md",
        "tests/README.md",
        "tests/second/README.md",
    ];

    [Fact]
    public void Every_required_document_is_there() => Assert.Subset(Repository.Files.ToHashSet(), s_required.ToHashSet());

    [Fact]
    public void Every_path_in_backticks_exists()
    {
        List<string> broken = [];
        foreach (var document in Repository.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal)))
        {
            var paths = Markdown.InlineCode(Repository.Text(document)).Where(LooksLikePath);
            broken.AddRange(paths.Where(p => !Resolves(document, p)).Select(p => $"{document}: {p}"));
        }
        Findings.None(broken);
    }

    [Fact]
    public void Every_relative_link_leads_somewhere()
    {
        List<string> broken = [];
        foreach (var document in Repository.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal)))
        {
            var targets = Link().Matches(Repository.Text(document)).Select(m => m.Groups[1].Value.Split('#')[0]);
            broken.AddRange(targets
                .Where(t => t.Length > 0 && !t.Contains(':', StringComparison.Ordinal))
                .Where(t => !Repository.Exists(Path.Combine(Path.GetDirectoryName(document)!, t)))
                .Select(t => $"{document}: {t}"));
        }
        Findings.None(broken);
    }

    /// <summary>A claim is a row of a table with a column "test" or "tests"; each row names at least one.</summary>
    [Fact]
    public void Every_claim_of_the_security_document_names_tests_that_exist()
    {
        const string Document = "SECURITY.md";
        if (!Repository.Exists(Document))
        {
            Assert.DoesNotContain(Document, s_required);
            return;
        }
        var tables = Markdown.Tables(Repository.Text(Document)).Select(t => (Rows: t, Column: TestColumn(t[0]))).Where(t => t.Column >= 0).ToArray();
        Assert.NotEmpty(tables);
        var methods = TestMethods();
        List<string> wrong = [];
        foreach (var (rows, column) in tables)
        {
            foreach (var row in rows.Skip(1))
            {
                var tests = Markdown.InlineCode(row[column]).ToArray();
                wrong.AddRange(tests.Length == 0 ? [$"no test: {row[0]}"] : []);
                wrong.AddRange(tests.Where(t => !methods.Contains(t.Split('.')[^1])).Select(t => $"no such test: {t}"));
            }
        }
        Findings.None(wrong);
    }

    private static int TestColumn(string[] header) =>
        Array.FindIndex(header, h => h.Equals("test", StringComparison.OrdinalIgnoreCase) || h.Equals("tests", StringComparison.OrdinalIgnoreCase));

    private static HashSet<string> TestMethods() =>
        [.. Repository.FilesUnder("tests", ".cs").SelectMany(f => TestMethod().Matches(Repository.Text(f))).Select(m => m.Groups[1].Value)];

    /// <summary>A path under a top folder, or the name of a document or source file; not a command, an address or a pattern.</summary>
    private static bool LooksLikePath(string code) =>
        PlainPath().IsMatch(code) && (UnderTopFolder().IsMatch(code) || SourceFile().IsMatch(code));

    /// <summary>Against the root, against the document's folder, or, for a bare name, anywhere in the tree.</summary>
    private static bool Resolves(string document, string path)
    {
        var beside = Path.Combine(Path.GetDirectoryName(document)!, path);
        return Repository.Exists(path) || Repository.Exists(beside) ||
            Repository.Files.Any(f => f.EndsWith("/" + path, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.][A-Za-z0-9_./-]*$")]
    private static partial Regex PlainPath();

    [GeneratedRegex(@"^(src|tests|protos|\.ci)(/|$)")]
    private static partial Regex UnderTopFolder();

    [GeneratedRegex(@"\w\.(cs|csproj|md|mjs|props|proto|py|sln)$")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\b(?:void|Task|ValueTask)\s+(\w+)\s*\(")]
    private static partial Regex TestMethod();
}
