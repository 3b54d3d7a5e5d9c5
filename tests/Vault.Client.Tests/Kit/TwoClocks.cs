using Vault.Core.Seams;

namespace Vault.Client.Tests.Kit;

/// <summary>The boot clock and the monotonic one of a machine that a test puts to sleep, or lets wait. Timers are the real ones.</summary>
internal sealed class TwoClocks : IBootClock
{
    private readonly SystemBootClock _real = new();
    private readonly Monotonic _timers = new();
    private TimeSpan _slept;

    public TimeProvider Timers => _timers;

    public TimeSpan Elapsed => _real.Elapsed + _timers.Passed + _slept;

    /// <summary>Time passes for both.</summary>
    public void Pass(TimeSpan time) => _timers.Passed += time;

    /// <summary>The machine sleeps: only the boot clock goes on.</summary>
    public void Sleep(TimeSpan time) => _slept += time;

    private sealed class Monotonic : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Passed.TotalSeconds * TimestampFrequency);
    }
}
