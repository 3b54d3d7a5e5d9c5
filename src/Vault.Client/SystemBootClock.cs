using System.Runtime.InteropServices;
using Vault.Core.Seams;

namespace Vault.Client;

/// <summary>CLOCK_BOOTTIME: goes on while the machine sleeps, which Stopwatch and TickCount64 do not.</summary>
public sealed partial class SystemBootClock : IBootClock
{
    private const int ClockBootTime = 7;

    /// <inheritdoc/>
    /// <exception cref="PlatformNotSupportedException">The system has no such clock.</exception>
    public TimeSpan Elapsed
    {
        get
        {
            if (ClockGetTime(ClockBootTime, out var time) != 0)
            {
                throw new PlatformNotSupportedException("This system has no clock that counts sleep (CLOCK_BOOTTIME).");
            }

            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / 100);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    // struct timespec where time_t and long are words of the machine, as on every 64-bit Linux.
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
