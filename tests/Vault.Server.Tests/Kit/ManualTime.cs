namespace Vault.Server.Tests.Kit;

/// <summary>A clock that goes on only when told to. Timers fire inside <see cref="Advance"/>, in the order of their times.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next timer or to the end of the span, whichever is nearer; true when the end is reached.</summary>
    public bool Advance(DateTimeOffset end)
    {
        var next = _timers.Where(timer => timer.Due is not null).OrderBy(timer => timer.Due).FirstOrDefault();
        if (next?.Due is not { } due || due > end)
        {
            _now = end;
            return true;
        }

        _now = due > _now ? due : _now;
        next.Fire(_now);
        return false;
    }

    private sealed class ManualTimer(ManualTime time, Action callback) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            time._timers.Remove(this);
            time._timers.Add(this);
            return true;
        }

        public void Fire(DateTimeOffset now)
        {
            Due = _period == Timeout.InfiniteTimeSpan ? null : now + _period;
            callback();
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
