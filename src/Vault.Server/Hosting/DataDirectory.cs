using Vault.Server.Stores;

namespace Vault.Server.Hosting;

/// <summary>
/// The directory that one relay process owns: database, certificate, registration code. A lock file keeps a second process
/// out; the operating system drops the lock with the process, however it ends.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    public string Path { get; }

    public string Database => DatabaseIn(Path);

    public string CertificateFile => System.IO.Path.Combine(Path, "tls-cert.pem");

    public string CertificateKeyFile => System.IO.Path.Combine(Path, "tls-key.pem");

    public string RegistrationCodeFile => System.IO.Path.Combine(Path, "registration-code");

    /// <summary>The database of a directory, whoever has it.</summary>
    public static string DatabaseIn(string path) => System.IO.Path.Combine(path, "relay.db");

    /// <summary>Where data goes when nobody says: <c>$XDG_STATE_HOME/svault/relay</c>.</summary>
    public static string DefaultPath()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state) || !System.IO.Path.IsPathRooted(state))
        {
            state = System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        }

        return System.IO.Path.Combine(state, "svault", "relay");
    }

    /// <summary>Takes the directory, making it if need be.</summary>
    /// <exception cref="StoreUnavailableException">Another process has it, or it cannot be used.</exception>
    public static DataDirectory Take(string path)
    {
        try
        {
            var full = System.IO.Path.GetFullPath(path);
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            var lockFile = OwnFile(System.IO.Path.Combine(full, "relay.lock"), FileMode.OpenOrCreate);
            return new DataDirectory(full, lockFile);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException and not PathTooLongException && IsLocked(e))
        {
            throw new StoreUnavailableException($"Another relay uses {path}. Stop it, or choose another directory with --data.", e) { IsTaken = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"{path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Whether a process has the directory. Takes it for a moment to know, so it is asked only where that matters.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be used.</exception>
    public static bool IsTaken(string path)
    {
        try
        {
            using var taken = Take(path);
            return false;
        }
        catch (StoreUnavailableException e) when (e.IsTaken)
        {
            return true;
        }
    }

    /// <summary>Opens a file for this user alone and this process alone.</summary>
    public static FileStream OwnFile(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    public void Dispose() => _lock.Dispose();

    // EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows: .NET gives no better way to tell.
    private static bool IsLocked(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
}
