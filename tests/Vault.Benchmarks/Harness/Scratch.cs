namespace Vault.Benchmarks.Harness;

/// <summary>A directory that goes away.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("vault-benchmark.");

    public string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    /// <summary>A directory inside.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Path(name)).FullName;

    public void Dispose() => _directory.Delete(recursive: true);
}
