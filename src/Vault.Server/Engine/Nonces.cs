using Vault.Core.Ids;
using Vault.Core.Seams;

namespace Vault.Server.Engine;

/// <summary>Single-use nonces, bounded: when full, the oldest goes.</summary>
internal sealed class Nonces(RelayLimits limits, TimeProvider time, IRandomSource random)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Hash32, long> _issued = [];
    private readonly Queue<(Hash32 Nonce, long At)> _order = new();

    public Hash32 Create()
    {
        Span<byte> bytes = stackalloc byte[Hash32.Size];
        random.Fill(bytes);
        var nonce = Hash32.Parse(bytes);
        var now = time.GetTimestamp();
        lock (_gate)
        {
            while (_order.TryPeek(out var oldest)
                && (_order.Count >= limits.Nonces || time.GetElapsedTime(oldest.At, now) > limits.NonceLifetime))
            {
                _order.Dequeue();
                _issued.Remove(oldest.Nonce);
            }

            _issued[nonce] = now;
            _order.Enqueue((nonce, now));
        }

        return nonce;
    }

    /// <summary>Uses a nonce up. False: never issued, used before, or too old.</summary>
    public bool TryTake(Hash32 nonce)
    {
        lock (_gate)
        {
            return _issued.Remove(nonce, out var at) && time.GetElapsedTime(at) <= limits.NonceLifetime;
        }
    }
}
