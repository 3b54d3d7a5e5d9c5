namespace Vault.Core.Seams;

/// <summary>
/// Time since boot that goes on in suspend (CLOCK_BOOTTIME or its equal). Freshness is measured on this clock alone:
/// Stopwatch, TickCount64 and TimeProvider all stand still while a machine sleeps.
/// </summary>
public interface IBootClock
{
    /// <summary>Time since an arbitrary moment at or before boot; never decreases.</summary>
    TimeSpan Elapsed { get; }
}
