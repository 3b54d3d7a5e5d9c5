namespace Vault.Client.Replicas;

/// <summary>Files of mode 0600 in a directory of mode 0700; written aside, synced, then renamed.</summary>
public sealed class HomeFiles : IHomeFiles
{
    private readonly string _directory;

    /// <summary>Uses the directory, making it when it is missing.</summary>
    public HomeFiles(string directory)
    {
        _directory = directory;
        ReplicaFiles.MakeDirectory(directory);
    }

    /// <inheritdoc/>
    public byte[]? Read(string name)
    {
        var path = Path.Combine(_directory, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <inheritdoc/>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(_directory, name);
        var aside = path + ".new";
        File.Delete(aside);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(aside, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(aside, path, overwrite: true);
    }

    /// <inheritdoc/>
    public void Delete(string name) => File.Delete(Path.Combine(_directory, name));
}
