using System.Text.RegularExpressions;

namespace Vault.Tidy.Tests;

/// <summary>One idea a file; the folder is the namespace.</summary>
public sealed partial class SourceShapeTests
{
    private const int LinesMax = 400;

    [Fact]
    public void No_source_file_is_longer_than_a_reader_can_hold()
    {
        var lengths = Repository.FilesUnder("src", ".cs").Select(f => (File: f, Lines: Repository.Lines(f).Length));
        Findings.None(lengths.Where(f => f.Lines > LinesMax).Select(f => $"{f.File}: {f.Lines} lines"));
    }

    [Fact]
    public void The_namespace_of_a_file_is_its_folder()
    {
        List<string> wrong = [];
        foreach (var file in Repository.FilesUnder("src", ".cs"))
        {
            var expected = Path.GetDirectoryName(file)!.Replace('\\', '/')["src/".Length..].Replace('/', '.');
            var names = Namespace().Matches(Repository.Text(file)).Select(m => m.Groups[1].Value).ToArray();
            if (names.Length == 0 && HasNoTypes(file))
            {
                continue;
            }
            if (names.Length != 1 || names[0] != expected)
            {
                wrong.Add($"{file}: expected {expected}, found {string.Join(", ", names)}");
            }
        }
        Findings.None(wrong);
    }

    /// <summary>Top-level statements and assembly attributes stand outside any namespace.</summary>
    private static bool HasNoTypes(string file) =>
        Path.GetFileName(file) is "Program.cs" or "AssemblyInfo.cs" or "GlobalUsings.cs";

    [GeneratedRegex(@"^namespace\s+([A-Za-z0-9_.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
