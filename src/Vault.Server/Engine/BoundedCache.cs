namespace Vault.Server.Engine;

/// <summary>Least recently used goes first, by weight in bytes.</summary>
internal sealed class BoundedCache<TKey, TValue>(long bytesMax, Func<TValue, long> weigh)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value, long Bytes)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value, long Bytes)> _order = new();
    private long _bytes;

    public TValue? Get(TKey key)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(key, out var node))
            {
                return null;
            }

            _order.Remove(node);
            _order.AddFirst(node);
            return node.Value.Value;
        }
    }

    public void Put(TKey key, TValue value)
    {
        var bytes = weigh(value);
        lock (_gate)
        {
            Drop(key);
            if (bytes > bytesMax)
            {
                return;
            }

            _nodes.Add(key, _order.AddFirst((key, value, bytes)));
            _bytes += bytes;
            while (_bytes > bytesMax)
            {
                Drop(_order.Last!.Value.Key);
            }
        }
    }

    public void Remove(TKey key)
    {
        lock (_gate)
        {
            Drop(key);
        }
    }

    private void Drop(TKey key)
    {
        if (_nodes.Remove(key, out var node))
        {
            _order.Remove(node);
            _bytes -= node.Value.Bytes;
        }
    }
}
