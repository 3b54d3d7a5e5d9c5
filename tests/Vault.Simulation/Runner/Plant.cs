namespace Vault.Simulation.Runner;

/// <summary>
/// A planted bug: a few lines of the source to be found, and what to put in their place. The first line says what it does; then come files
/// ("=== path"), each with pairs of "--- find" and "--- put".
/// </summary>
public sealed class Plant
{
    private readonly List<(string Path, string Find, string Put)> _changes = [];

    private Plant(string name, string about)
    {
        Name = name;
        About = about;
    }

    /// <summary>How it is called.</summary>
    public string Name { get; }

    /// <summary>What it does.</summary>
    public string About { get; }

    /// <summary>Files that it changes.</summary>
    public IEnumerable<string> Paths => _changes.Select(change => change.Path).Distinct();

    /// <summary>All planted bugs of a source tree, by name.</summary>
    public static IReadOnlyList<Plant> All(string root) =>
        [.. Directory.GetFiles(Path.Combine(root, "tests", "Vault.Simulation", "Planted"), "*.plant").Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>The source tree that holds the working directory or this program.</summary>
    public static string Root() =>
        new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory }.Select(Above).FirstOrDefault(found => found is not null)
        ?? throw new DirectoryNotFoundException("Vault.sln is in no directory above.");

    /// <summary>What each file looks like with the bug in it.</summary>
    /// <exception cref="InvalidDataException">It does not apply to this source any more.</exception>
    public IReadOnlyDictionary<string, string> Apply(string root)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, find, put) in _changes)
        {
            var text = files.TryGetValue(path, out var changed) ? changed : File.ReadAllText(Path.Combine(root, path));
            var at = text.IndexOf(find, StringComparison.Ordinal);
            if (at < 0 || text.IndexOf(find, at + 1, StringComparison.Ordinal) >= 0)
            {
                throw new InvalidDataException($"{Name}: {path} does not hold this exactly once any more:\n{find}");
            }

            files[path] = string.Concat(text.AsSpan(0, at), put, text.AsSpan(at + find.Length));
        }

        return files;
    }

    private static Plant Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var plant = new Plant(Path.GetFileNameWithoutExtension(path), lines[0]);
        var file = "";
        List<string> find = [], put = [], into = [];
        foreach (var line in lines.Skip(1).Append("--- find"))
        {
            if (line.StartsWith("=== ", StringComparison.Ordinal) || line == "--- find")
            {
                if (find.Count > 0)
                {
                    // Without an end of line: a find may stop in the middle of one.
                    plant._changes.Add((file, string.Join('\n', find), string.Join('\n', put)));
                }

                (find, put) = ([], []);
                into = find;
                file = line.StartsWith("=== ", StringComparison.Ordinal) ? line[4..] : file;
            }
            else if (line == "--- put")
            {
                into = put;
            }
            else
            {
                into.Add(line);
            }
        }

        return plant;
    }

    private static string? Above(string directory)
    {
        for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Vault.sln")))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
