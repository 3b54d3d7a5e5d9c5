namespace Vault.Server.Engine;

/// <summary>One caller's allowance. Guarded by its owner's lock.</summary>
internal sealed class TokenBucket(Rate rate, long now)
{
    private double _tokens = rate.Burst;
    private long _at = now;

    /// <summary>Takes from the allowance, or says how long until there is enough.</summary>
    public TimeSpan? TryTake(double cost, TimeProvider time)
    {
        Refill(time);
        // More than the burst at once is allowed when the bucket is full: else it would never be.
        var needed = Math.Min(cost, rate.Burst);
        if (_tokens >= needed)
        {
            _tokens -= cost;
            return null;
        }

        return TimeSpan.FromSeconds(Math.Max((needed - _tokens) / rate.PerSecond, 0.001));
    }

    public bool IsFull(TimeProvider time)
    {
        Refill(time);
        return _tokens >= rate.Burst;
    }

    private void Refill(TimeProvider time)
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(rate.Burst, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * rate.PerSecond));
        _at = now;
    }
}
