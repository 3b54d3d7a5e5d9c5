using Vault.Protocol.V1;

namespace Vault.Server.Engine;

/// <summary>Allowances by key, bounded: a full bucket is as good as none, so those are forgotten first.</summary>
internal sealed class RateLimiter<TKey>(Rate rate, int keysMax, TimeProvider time)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, TokenBucket> _buckets = [];

    /// <exception cref="RelayFaultException">RATE_LIMITED, with the time to wait.</exception>
    public void Take(TKey key, double cost = 1)
    {
        if (TryTake(key, cost) is { } wait)
        {
            throw RelayFaultException.Of(FaultCode.RateLimited, retryAfter: wait);
        }
    }

    /// <summary>Null when taken; otherwise how long to wait.</summary>
    public TimeSpan? TryTake(TKey key, double cost = 1)
    {
        lock (_gate)
        {
            if (!_buckets.TryGetValue(key, out var bucket))
            {
                MakeRoom();
                bucket = new TokenBucket(rate, time.GetTimestamp());
                _buckets.Add(key, bucket);
            }

            return bucket.TryTake(cost, time);
        }
    }

    private void MakeRoom()
    {
        if (_buckets.Count < keysMax)
        {
            return;
        }

        foreach (var key in _buckets.Where(pair => pair.Value.IsFull(time)).Select(pair => pair.Key).ToList())
        {
            _buckets.Remove(key);
        }

        if (_buckets.Count >= keysMax)
        {
            // Everybody is busy: start over rather than grow. The worst case is one more burst for each.
            _buckets.Clear();
        }
    }
}
