using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Output;

/// <summary>A file that a command makes for this user alone. One that is there is never written over.</summary>
internal static class NewFile
{
    /// <summary>The empty file, open.</summary>
    /// <exception cref="AgentException">It exists, or cannot be made.</exception>
    public static FileStream Create(string path, string option)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw Usage.Wrong($"{option} needs a file's name.");
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(Path.GetFullPath(path), options);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Path.Exists(path) ? new AgentException(ExitCode.Conflict, $"{path} exists already. It was left as it is.", $"Give {option} the name of a file that does not exist.")
                : failure is DirectoryNotFoundException ? new AgentException(ExitCode.NotFound, $"The folder of {path} does not exist.", $"Make it, or give {option} another name.")
                : new AgentException(ExitCode.Error, $"{path} cannot be made: {failure.Message}", $"Give {option} another name.");
        }
    }

    /// <summary>Makes it with all its content, or not at all.</summary>
    /// <exception cref="AgentException">It exists, cannot be made, or the disk did not take it.</exception>
    public static void Write(string path, string option, ReadOnlySpan<byte> content)
    {
        using var file = Create(path, option);
        try
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        catch (IOException failure)
        {
            File.Delete(file.Name);
            throw new AgentException(ExitCode.Error, $"{path} could not be written: {failure.Message}", $"Give {option} another name.");
        }
    }
}
