using Vault.Core.Seams;

namespace Vault.Simulation.Time;

/// <summary>
/// The clocks of one machine. Timers and timestamps stand still while it sleeps, as CLOCK_MONOTONIC and every .NET timer do;
/// the boot clock goes on. Timers that fell due in sleep fire on waking.
/// </summary>
public sealed class NodeClock(Kernel kernel) : TimeProvider, IBootClock
{
    private static readonly DateTimeOffset WorldBegins = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Action> _onWake = [];
    private long _sleptBefore;
    private long? _asleepSince;

    /// <summary>How far this machine's wall clock is from the truth.</summary>
    public TimeSpan WallSkew { get; set; }

    /// <summary>Whether the machine sleeps.</summary>
    public bool IsAsleep => _asleepSince is not null;

    public TimeSpan Elapsed => TimeSpan.FromTicks(kernel.Now);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    private long Monotonic => (_asleepSince ?? kernel.Now) - _sleptBefore;

    public override long GetTimestamp() => Monotonic;

    public override DateTimeOffset GetUtcNow() => WorldBegins.AddTicks(kernel.Now) + WallSkew;

    public void Sleep() => _asleepSince ??= kernel.Now;

    public void Wake()
    {
        if (_asleepSince is not { } since)
        {
            return;
        }

        _sleptBefore += kernel.Now - since;
        _asleepSince = null;
        var waiting = _onWake.ToArray();
        _onWake.Clear();
        foreach (var action in waiting)
        {
            action();
        }
    }

    /// <summary>Runs something now, or on waking: what a socket buffer does for a sleeping machine.</summary>
    public void WhenAwake(Action action)
    {
        if (IsAsleep)
        {
            _onWake.Add(action);
        }
        else
        {
            action();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, kernel, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(NodeClock clock, Kernel kernel, Action callback) : ITimer
    {
        private int _generation;
        private long _due;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _generation++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _due = clock.Monotonic + dueTime.Ticks;
                Arm(_generation);
            }

            return true;
        }

        public void Dispose() => _generation++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Arm(int generation) => kernel.At(kernel.Now + Math.Max(0, _due - clock.Monotonic), () => Fire(generation));

        private void Fire(int generation)
        {
            if (generation != _generation)
            {
                return;
            }

            if (clock.IsAsleep)
            {
                clock._onWake.Add(() => Rearm(generation));
            }
            else if (_due > clock.Monotonic)
            {
                Arm(generation);
            }
            else
            {
                if (_period > TimeSpan.Zero)
                {
                    _due = clock.Monotonic + _period.Ticks;
                    Arm(generation);
                }

                callback();
            }
        }

        private void Rearm(int generation)
        {
            if (generation == _generation)
            {
                Arm(generation);
            }
        }
    }
}
