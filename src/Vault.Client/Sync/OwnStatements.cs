namespace Vault.Client.Sync;

/// <summary>
/// Counters that this process said for one group, each with the moment from which on it existed, on the boot clock. A counter that
/// an earlier process said is not among them: nothing here knows when that was.
/// </summary>
internal sealed class OwnStatements
{
    // At rest a group's devices speak every ten minutes, so this is most of a day; an echo of an older one proves nothing.
    private const int Most = 128;

    private readonly Queue<(ulong Counter, TimeSpan At)> _said = [];

    /// <summary>Notes a counter before it leaves this device.</summary>
    public void Say(ulong counter, TimeSpan at)
    {
        if (_said.Count == Most)
        {
            _said.Dequeue();
        }

        _said.Enqueue((counter, at));
    }

    /// <summary>When exactly this counter was said. Null: it was not (attack: an echo of what is still to be said makes a later statement look answered).</summary>
    public TimeSpan? SaidAt(ulong counter)
    {
        foreach (var said in _said)
        {
            if (said.Counter == counter)
            {
                return said.At;
            }
        }

        return null;
    }
}
