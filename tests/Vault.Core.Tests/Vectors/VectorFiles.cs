namespace Vault.Core.Tests.Vectors;

/// <summary>The committed files under tests/vectors.</summary>
internal static class VectorFiles
{
    public static string Folder { get; } = Path.Combine(FindRoot(), "tests", "vectors");

    public static bool Rewriting => Environment.GetEnvironmentVariable("VAULT_WRITE_VECTORS") == "1";

    /// <summary>The chains.</summary>
    public static IReadOnlyList<string> Names { get; } = ListFiles(AnyChain.Account, AnyChain.Group);

    /// <summary>The files of fork evidence.</summary>
    public static IReadOnlyList<string> EvidenceNames { get; } = ListFiles(EvidenceVector.Kind);

    public static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public static void Write(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public static void Delete(string file) => File.Delete(Path.Combine(Folder, file));

    private static List<string> ListFiles(params string[] folders) =>
        [.. folders
            .Select(folder => Path.Combine(Folder, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json"))
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Vault.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("No Vault.sln above " + AppContext.BaseDirectory);
    }
}
