namespace Vault.EndToEnd.Tests.RelayDriver;

/// <summary>A directory that goes away.</summary>
public sealed class Scratch(bool inMemory = false) : IDisposable
{
    // Sockets fit only in short paths.
    private readonly DirectoryInfo _directory = inMemory
        ? Directory.CreateDirectory(System.IO.Path.Combine("/dev/shm", $"vault.{Guid.NewGuid():N}"))
        : Directory.CreateTempSubdirectory("vault.");

    public string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    /// <summary>A directory inside.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Path(name)).FullName;

    public void Dispose() => _directory.Delete(recursive: true);
}
