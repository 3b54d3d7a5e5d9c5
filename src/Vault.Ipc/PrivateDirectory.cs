using Vault.Ipc.V1;

namespace Vault.Ipc;

/// <summary>Directories that only their owner can enter.</summary>
public static class PrivateDirectory
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the directory with mode 0700, or checks the one that is there.</summary>
    /// <exception cref="AgentException">It is a link, open to others, or cannot be made.</exception>
    public static void Prepare(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
                return;
            }

            // The mode holds for the last part of a path only, and the profiles' names are nobody else's business.
            if (Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
            {
                Directory.CreateDirectory(parent, Owner);
            }

            Directory.CreateDirectory(path, Owner);
            Check(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AgentException(
                new AgentError { Code = ExitCode.Error, Message = $"{path} cannot be made or read: {failure.Message}" }, failure);
        }
    }

    // Not changed silently: who could enter it yesterday may have read it, and that is the owner's to know.
    private static void Check(string path)
    {
        var directory = new DirectoryInfo(path);
        if (directory.LinkTarget is not null)
        {
            throw new AgentException(ExitCode.Error, $"{path} is a link.", "Give the directory itself.");
        }

        if (!OperatingSystem.IsWindows() && (directory.UnixFileMode & ~Owner) != 0)
        {
            throw new AgentException(ExitCode.Error, $"{path} is open to other users.", $"chmod 700 '{path}'");
        }
    }
}
