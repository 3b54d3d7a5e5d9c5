using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>
/// One stream. Holds at most one hint for each group, one beat, and a bounded number of others: whoever reads slowly gets
/// the newest head instead of a queue, and delays nobody.
/// </summary>
#pragma warning disable CA1001 // The source of HasEnded has neither timer nor handle, and an end may come at any time.
public sealed class Watcher
#pragma warning restore CA1001
{
    private const int OthersMax = 512;
    private const int InlineBytesMax = 256 << 10;

    private readonly Lock _gate = new();
    private readonly AsyncSignal _signal;
    private readonly IRelayScheduler _scheduler;
    private readonly CancellationTokenSource _ending = new();
    private readonly Queue<SlotKey> _order = new();
    private readonly Dictionary<SlotKey, object> _pending = [];
    private readonly Dictionary<GroupId, ChainHead> _promised = [];
    private readonly Queue<WatchResponse> _taken = new();
    private int _inlineBytes;
    private long? _takenDurableAt;
    private Fault? _ended;

    internal Watcher(Session session, IRelayScheduler scheduler)
    {
        Session = session;
        _scheduler = scheduler;
        _signal = new AsyncSignal(scheduler);
    }

    internal Session Session { get; }

    internal AccountId Account => Session.Account;

    /// <summary>Why it ended. Null: it has not.</summary>
    internal Fault? Ended
    {
        get
        {
            lock (_gate)
            {
                return _ended;
            }
        }
    }

    /// <summary>Cancelled when it ends, on the scheduler: whoever ends it is not held up by what waits for that.</summary>
    internal CancellationToken HasEnded => _ending.Token;

    /// <summary>Whether the fan-out has let go of it.</summary>
    internal bool IsGone { get; set; }

    /// <summary>Groups that it is subscribed to. The fan-out's, under its lock.</summary>
    internal HashSet<GroupId> Groups { get; } = [];

    /// <summary>The next hint, when there is one, and since when a commit that it tells of is durable. One reader at a time.</summary>
    /// <exception cref="RelayFaultException">The stream ended.</exception>
    public async Task<(WatchResponse Hint, long? DurableAt)> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Take(out var durableAt) is { } response)
            {
                return (response, durableAt);
            }

            await _signal.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the stream at once: what waits is not sent any more, and a write that is held up is given up.</summary>
    internal void End(Fault fault)
    {
        lock (_gate)
        {
            _ended ??= fault;
        }

        _signal.Set();
        _scheduler.Post(_ending.Cancel);
    }

    /// <summary>From where the watcher reads on in a group, unless the fan-out was faster.</summary>
    internal void Start(GroupId group, ChainHead? from)
    {
        lock (_gate)
        {
            if (from is { } head)
            {
                _promised.TryAdd(group, head);
            }
        }
    }

    internal void Forget(GroupId group)
    {
        lock (_gate)
        {
            _promised.Remove(group);
        }
    }

    /// <summary>
    /// Takes a publication. Commits are kept only when they follow on what was promised last and nothing waits; otherwise
    /// the slot says where the head is. A position that was promised already is not promised again.
    /// </summary>
    internal void Offer(Publication publication)
    {
        var key = new SlotKey(SlotKind.Group, publication.Group.Value, default);
        lock (_gate)
        {
            var known = _promised.TryGetValue(publication.Group, out var promised);
            if (known && publication.To.Seq <= promised.Seq)
            {
                return;
            }

            var follows = publication.Commits is not null && !_pending.ContainsKey(key)
                && (known ? publication.From == promised : publication.From is null)
                && _inlineBytes + publication.Bytes <= InlineBytesMax;
            _promised[publication.Group] = publication.To;
            _inlineBytes += (follows ? publication.Bytes : 0) - ((_pending.GetValueOrDefault(key) as Publication)?.Bytes ?? 0);
            // Whoever reads slowly is late since the first of what waits.
            var since = (_pending.GetValueOrDefault(key) as Publication)?.DurableAt ?? publication.DurableAt;
            Put(key, (follows ? publication : Publication.OfHead(publication.Group, publication.To)) with { DurableAt = since });
        }

        _signal.Set();
    }

    internal void Offer(SlotKind kind, Hash32 id, Hash32 detail, WatchResponse response)
    {
        lock (_gate)
        {
            var key = new SlotKey(kind, id, detail);
            // A hint that finds no room is lost, as hints may be: the poll brings what it spoke of.
            if (_pending.Count < OthersMax || kind is SlotKind.Beat or SlotKind.Account or SlotKind.Probe || _pending.ContainsKey(key))
            {
                Put(key, response);
            }
        }

        _signal.Set();
    }

    private void Put(SlotKey key, object hint)
    {
        if (!_pending.ContainsKey(key))
        {
            _order.Enqueue(key);
        }

        _pending[key] = hint;
    }

    private WatchResponse? Take(out long? durableAt)
    {
        durableAt = null;
        lock (_gate)
        {
            if (_ended is { } fault)
            {
                throw new RelayFaultException(fault);
            }

            if (_taken.TryDequeue(out var next))
            {
                durableAt = _takenDurableAt;
                return next;
            }

            if (!_order.TryDequeue(out var key))
            {
                return null;
            }

            _pending.Remove(key, out var hint);
            if (hint is not Publication publication)
            {
                return (WatchResponse)hint!;
            }

            _inlineBytes -= publication.Bytes;
            durableAt = _takenDurableAt = publication.DurableAt;
            if (publication.Commits is not { Count: > 0 } commits)
            {
                return publication.HeadMoved();
            }

            foreach (var commit in commits)
            {
                _taken.Enqueue(commit);
            }

            return _taken.Dequeue();
        }
    }

    private readonly record struct SlotKey(SlotKind Kind, Hash32 Id, Hash32 Detail);
}

/// <summary>What a hint is about: each has its own slots.</summary>
internal enum SlotKind
{
    Hello,
    Group,
    Beat,
    Account,
    Attestation,
    Join,
    Probe,
}
