namespace Vault.Ipc;

/// <summary>Something of a profile that other users of this machine can reach.</summary>
/// <param name="Mode">Its mode. Null: it is a link, and who can reach what it leads to is not known.</param>
public sealed record OpenPath(string Path, UnixFileMode? Mode);

/// <summary>
/// Whether a profile's folders are 0700 and its files 0600, all of them: replica, keys, socket, log. The agent does not start in a folder
/// that is open, so this is looked at from outside.
/// </summary>
public static class HomePermissions
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>What is open to others, by path. A folder that is not there is not open.</summary>
    public static IReadOnlyList<OpenPath> Look(VaultPaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        string[] roots = [.. new[] { paths.StateDirectory, paths.RuntimeDirectory }.Distinct(StringComparer.Ordinal).Where(Directory.Exists)];
        return [.. roots
            .SelectMany(root => Directory.EnumerateFileSystemEntries(root, "*", Walk).Prepend(root))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(Judge)
            .OfType<OpenPath>()];
    }

    /// <summary>Takes from everybody else what they may do with it; the owner's part stays. A link is left as it is.</summary>
    /// <exception cref="IOException">It is not this user's to change.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Close(OpenPath open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (!OperatingSystem.IsWindows() && open.Mode is { } mode)
        {
            File.SetUnixFileMode(open.Path, mode & (Directory.Exists(open.Path) ? OwnerFolder : OwnerFile));
        }
    }

    // A link is not followed: it is a finding by itself.
    private static EnumerationOptions Walk => new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = 0,
        MaxRecursionDepth = 4,
        IgnoreInaccessible = true,
    };

    private static OpenPath? Judge(string path)
    {
        FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (entry.LinkTarget is not null)
        {
            return new OpenPath(path, null);
        }

        // What went away meanwhile is not open.
        return entry.Exists && (entry.UnixFileMode & ~(entry is DirectoryInfo ? OwnerFolder : OwnerFile)) != 0
            ? new OpenPath(path, entry.UnixFileMode)
            : null;
    }
}
