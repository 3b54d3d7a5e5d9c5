using System.Globalization;
using System.Text;
using Vault.Server.Stores;

namespace Vault.Server.Hosting;

/// <summary>
/// Whether the relay of a data directory is in its recovery window: a file says so, because a window must outlive the process
/// (a restart in the middle would let in what it keeps out), and an operator must be able to close it beneath a running relay.
/// </summary>
internal static class RecoveryWindowFile
{
    private const string Name = "recovery-window";
    private const string RunName = "recovery-window-of-run";
    private const string UntilClosed = "closed";

    /// <summary>Opens the window of a directory. Null: until somebody closes it.</summary>
    public static void Write(DataDirectory directory, DateTimeOffset? until) => Write(directory.Path, until);

    public static void Write(string directory, DateTimeOffset? until)
    {
        var path = PathIn(directory);
        var next = path + ".next";
        using (var file = DataDirectory.OwnFile(next, FileMode.Create))
        {
            var end = until is { } at ? at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) : UntilClosed;
            file.Write(Encoding.ASCII.GetBytes($"until {end}\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
        Maintenance.DirectorySync.Flush(directory);
    }

    /// <summary>When the window closes; <see cref="DateTimeOffset.MaxValue"/>: when somebody closes it; null: it is closed.</summary>
    /// <exception cref="StoreUnavailableException">The file says something else.</exception>
    public static DateTimeOffset? Read(string directory)
    {
        var path = PathIn(directory);
        string text;
        try
        {
            text = File.ReadAllText(path).Trim();
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        return text == $"until {UntilClosed}" ? DateTimeOffset.MaxValue
            : text.StartsWith("until ", StringComparison.Ordinal) && DateTimeOffset.TryParseExact(
                text["until ".Length..], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until) ? until
            : throw new StoreUnavailableException($"{path} does not say when the window ends. Close it with: svault-server window close");
    }

    /// <summary>Closes the window. False: it was closed.</summary>
    public static bool Remove(string directory) => Delete(directory, Name);

    /// <summary>
    /// Notes whether the relay that starts was told to be in its window: a file beside the other one, so that it can be shown and closed
    /// like that, and yet does not outlive what started it.
    /// </summary>
    public static void NoteRun(string directory, bool isOpen)
    {
        if (isOpen)
        {
            DataDirectory.OwnFile(Path.Combine(directory, RunName), FileMode.Create).Dispose();
        }
        else
        {
            Delete(directory, RunName);
        }
    }

    /// <summary>Whether the relay that runs was told so when it was started, and nobody has closed the window since.</summary>
    public static bool IsOpenByRun(string directory) => File.Exists(Path.Combine(directory, RunName));

    /// <summary>Closes the window that a running relay was started with. False: there was none.</summary>
    public static bool RemoveRun(string directory) => Delete(directory, RunName);

    private static bool Delete(string directory, string name)
    {
        var path = Path.Combine(directory, name);
        if (!File.Exists(path))
        {
            return false;
        }

        File.Delete(path);
        Maintenance.DirectorySync.Flush(directory);
        return true;
    }

    private static string PathIn(string directory) => Path.Combine(directory, Name);
}
