using Vault.Server.Engine;
using Vault.Server.Stores;

namespace Vault.Server.Hosting;

/// <summary>Brings what the files say about the recovery window to a running relay, within a second.</summary>
internal sealed partial class WindowKeeper(string directory, RecoveryWindow window, TimeProvider time, ILogger<WindowKeeper> logger)
{
    private DateTimeOffset? _known;

    /// <summary>How often they are looked at.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>What holds from the first call on.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be read: better no relay than one that is open by mistake.</exception>
    public void Start() => Take(Told());

    /// <summary>Looks again. A file that cannot be read now changes nothing.</summary>
    public void Look()
    {
        try
        {
            Take(Told());
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(logger, e.Message);
        }
    }

    // What an operator said at the start holds until they say otherwise, also beyond the end that a restore wrote.
    private DateTimeOffset? Told()
    {
        var until = RecoveryWindowFile.Read(directory);
        return RecoveryWindowFile.IsOpenByRun(directory) ? DateTimeOffset.MaxValue : until;
    }

    private void Take(DateTimeOffset? until)
    {
        if (until <= time.GetUtcNow())
        {
            RecoveryWindowFile.Remove(directory);
            until = null;
        }

        if (until == _known)
        {
            return;
        }

        _known = until;
        if (until is { } end)
        {
            window.Open(end);
            LogOpen(logger, end == DateTimeOffset.MaxValue ? "the operator closes it" : $"{end:u}");
        }
        else
        {
            window.Close();
            LogClosed(logger);
        }
    }

    [LoggerMessage(5, LogLevel.Warning, "The recovery window is open until {End}: lost commits are taken back, new ones wait.")]
    private static partial void LogOpen(ILogger logger, string end);

    [LoggerMessage(6, LogLevel.Information, "The recovery window is closed.")]
    private static partial void LogClosed(ILogger logger);

    [LoggerMessage(7, LogLevel.Warning, "The recovery window stays as it is: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string reason);
}
