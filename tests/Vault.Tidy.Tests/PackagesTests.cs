using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Vault.Tidy.Tests;

/// <summary>Each dependency is exact, central and has its reason.</summary>
public sealed partial class PackagesTests
{
    private const string Document = "Directory.Packages.props";

    [Fact]
    public void Every_package_version_follows_a_comment_with_its_reason()
    {
        var packages = XDocument.Parse(Repository.Text(Document)).Descendants("PackageVersion").ToArray();
        Assert.NotEmpty(packages);
        var bare = packages.Where(p => PreviousNode(p) is not XComment comment || comment.Value.Trim().Length < 10);
        Findings.None(bare.Select(Name));
    }

    [Fact]
    public void Every_version_is_exact()
    {
        var packages = XDocument.Parse(Repository.Text(Document)).Descendants("PackageVersion");
        Findings.None(packages.Where(p => !ExactVersion().IsMatch((string?)p.Attribute("Version") ?? "")).Select(Name));
    }

    [Fact]
    public void Every_package_of_the_table_is_used()
    {
        var used = ProjectFiles().SelectMany(f => XDocument.Parse(Repository.Text(f)).Descendants("PackageReference"))
            .Select(Name).ToHashSet();
        var listed = XDocument.Parse(Repository.Text(Document)).Descendants("PackageVersion").Select(Name);
        Findings.None(listed.Except(used));
    }

    [Fact]
    public void No_project_names_a_version_of_its_own()
    {
        var references = ProjectFiles().SelectMany(f => XDocument.Parse(Repository.Text(f)).Descendants("PackageReference"));
        Findings.None(references.Where(r => r.Attribute("Version") is not null || r.Attribute("VersionOverride") is not null).Select(Name));
    }

    [Fact]
    public void Every_project_has_its_lock_file()
    {
        var projects = Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));
        var locks = Repository.Files.ToHashSet();
        Assert.All(projects, p => Assert.Contains(Path.GetDirectoryName(p)!.Replace('\\', '/') + "/packages.lock.json", locks));
    }

    [Fact]
    public void No_file_says_where_packages_come_from()
    {
        Assert.DoesNotContain(Repository.Files, f => Path.GetFileName(f).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> ProjectFiles() => Repository.Files.Where(f =>
        f.EndsWith(".csproj", StringComparison.Ordinal) || f.EndsWith(".props", StringComparison.Ordinal));

    private static string Name(XElement package) => (string)package.Attribute("Include")!;

    private static XNode? PreviousNode(XElement package) => package.NodesBeforeSelf().LastOrDefault();

    [GeneratedRegex(@"^\d+\.\d+\.\d+(\.\d+)?$")]
    private static partial Regex ExactVersion();
}
