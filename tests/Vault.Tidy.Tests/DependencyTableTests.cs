using System.Xml.Linq;

namespace Vault.Tidy.Tests;

/// <summary>The table in src/README.md is the law; project files obey it.</summary>
public sealed class DependencyTableTests
{
    private const string Document = "src/README.md";

    private sealed record Row(string Project, string[] MayReference, string[] Never);

    [Fact]
    public void Every_source_project_has_one_row_and_every_row_a_project()
    {
        var rows = Rows().Select(r => r.Project).Order(StringComparer.Ordinal);
        var projects = SourceProjects().Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal);
        Assert.Equal(projects, rows);
    }

    [Fact]
    public void Projects_reference_only_what_the_table_allows()
    {
        var rows = Rows().ToDictionary(r => r.Project);
        List<string> wrong = [];
        foreach (var file in SourceProjects())
        {
            var row = rows[Path.GetFileNameWithoutExtension(file)];
            wrong.AddRange(References(file).Except(row.MayReference).Select(r => $"{row.Project} references {r}"));
            wrong.AddRange(References(file).Intersect(row.Never).Select(r => $"{row.Project} must never reference {r}"));
        }
        Findings.None(wrong);
    }

    [Fact]
    public void The_table_contradicts_itself_nowhere()
    {
        var rows = Rows();
        var names = rows.Select(r => r.Project).ToHashSet();
        Assert.All(rows, r => Findings.None(r.MayReference.Intersect(r.Never)));
        Assert.All(rows, r => Assert.All(r.MayReference.Concat(r.Never), name => Assert.Contains(name, names)));
    }

    [Fact]
    public void What_the_table_does_not_allow_does_not_compile()
    {
        var props = XDocument.Parse(Repository.Text("Directory.Build.props"));
        Assert.Equal("true", props.Descendants("DisableTransitiveProjectReferences").Single().Value);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Text("Vault.sln").Replace('\\', '/');
        var projects = Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));
        Assert.All(projects, p => Assert.Contains($"\"{p}\"", solution, StringComparison.Ordinal));
    }

    private static IEnumerable<string> SourceProjects() => Repository.FilesUnder("src", ".csproj");

    /// <summary>A reference without its output only orders the build: nothing can be compiled against it.</summary>
    private static IEnumerable<string> References(string file) =>
        XDocument.Parse(Repository.Text(file)).Descendants("ProjectReference")
            .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

    private static List<Row> Rows()
    {
        string[] header = ["project", "purpose", "may reference", "never"];
        var table = Assert.Single(Markdown.Tables(Repository.Text(Document)), t => t[0].SequenceEqual(header));
        var names = table.Skip(1).Select(cells => cells[0].Trim('*', '`')).ToArray();
        return [.. table.Skip(1).Select((cells, i) =>
        {
            Assert.Equal(4, cells.Length);
            var may = Projects(cells[2]);
            var rest = names.Except(may).Where(n => n != names[i]).ToArray();
            return new Row(names[i], may, cells[3].Trim('*') == "the rest" ? rest : [.. Projects(cells[3]).Intersect(names)]);
        })];
    }

    /// <summary>"Core, Crypto" as full names. What a cell forbids besides projects ("clock") is for other tests to enforce.</summary>
    private static string[] Projects(string cell) =>
        [.. cell.Split(',').Select(n => n.Trim(' ', '*', '`', '–')).Where(n => n.Length > 0)
            .Select(n => n.StartsWith("Vault.", StringComparison.Ordinal) ? n : "Vault." + n)];
}
