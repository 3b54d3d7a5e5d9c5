using System.Diagnostics;

namespace Vault.Tidy.Tests;

/// <summary>The tree these tests read: files as git tracks them, assemblies as the build left them.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Paths of all tracked files that exist, relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static bool Exists(string relative) => File.Exists(PathOf(relative)) || Directory.Exists(PathOf(relative));

    public static string Text(string relative) => File.ReadAllText(PathOf(relative));

    public static string[] Lines(string relative) => File.ReadAllLines(PathOf(relative));

    public static IEnumerable<string> FilesUnder(string folder, string extension) =>
        Files.Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal) && f.EndsWith(extension, StringComparison.Ordinal));

    /// <summary>A built file of another project, in the configuration these tests were built in.</summary>
    public static string Output(string project, string file)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var path = PathOf($"artifacts/bin/{project}/{configuration}/{file}");
        Assert.True(File.Exists(path), $"{project} is not built: {path} is missing.");
        return path;
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Vault.sln")))
        {
            directory = directory.Parent;
        }
        return directory?.FullName ?? throw new InvalidOperationException("No Vault.sln above " + AppContext.BaseDirectory);
    }

    private static List<string> ListFiles()
    {
        // The clone may belong to another user than the one who runs the tests, as in a container.
        string[] arguments = ["-c", "safe.directory=*", "ls-files", "-z"];
        using var git = Process.Start(new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0)
        {
            throw new InvalidOperationException("git ls-files failed: these tests need a clone, not an archive.");
        }
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(f => File.Exists(PathOf(f)))];
    }
}
