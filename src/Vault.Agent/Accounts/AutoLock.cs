using Vault.Agent.Hosting;

namespace Vault.Agent.Accounts;

/// <summary>Locks the agent after so long without a call that needs keys. Locking replaces the process, so it happens once.</summary>
internal sealed class AutoLock : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TimeSpan _after = Timeout.InfiniteTimeSpan;
    private long _touched;

    public AutoLock(TimeProvider time, Ending ending)
    {
        _time = time;
        _touched = time.GetTimestamp();
        _timer = time.CreateTimer(_ => ending.Decide(EndingKind.Replace), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long until it locks. Null: it does not by itself.</summary>
    public TimeSpan? Left
    {
        get
        {
            lock (_gate)
            {
                return _after == Timeout.InfiniteTimeSpan ? null : Positive(_after - _time.GetElapsedTime(_touched));
            }
        }
    }

    /// <summary>Sets the time from now on. Zero: only when told to.</summary>
    public void After(uint seconds)
    {
        lock (_gate)
        {
            _after = seconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
        }

        Touch();
    }

    /// <summary>A call needed keys.</summary>
    public void Touch()
    {
        lock (_gate)
        {
            _touched = _time.GetTimestamp();
            _timer.Change(_after, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
