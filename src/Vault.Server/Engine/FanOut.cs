using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>Who watches what. The tail publishes here and nobody else does.</summary>
internal sealed class FanOut(RelayLimits limits, IRelayScheduler scheduler, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AccountId, List<Watcher>> _byAccount = [];
    private readonly Dictionary<GroupId, Channel> _groups = [];
    private int _count;

    /// <summary>How many streams are open.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>How many streams a device has open.</summary>
    public int StreamsOf(AccountId account, DeviceId device) => Of(account).Count(watcher => watcher.Session.Device == device);

    /// <summary>A new watcher, from now on found by its account.</summary>
    /// <exception cref="RelayFaultException">RATE_LIMITED: too many.</exception>
    public Watcher Add(Session session)
    {
        var watcher = new Watcher(session, scheduler);
        Watcher? oldest = null;
        lock (_gate)
        {
            if (_count >= limits.Watchers)
            {
                throw RelayFaultException.Of(FaultCode.RateLimited, "too many streams", TimeSpan.FromSeconds(10));
            }

            if (!_byAccount.TryGetValue(session.Account, out var watchers))
            {
                _byAccount.Add(session.Account, watchers = []);
            }

            var ofDevice = watchers.Where(other => other.Session.Device == session.Device).ToList();
            oldest = ofDevice.Count >= limits.WatchersPerDevice ? ofDevice[0] : null;
            watchers.Add(watcher);
            _count++;
        }

        if (oldest is not null)
        {
            Remove(oldest);
            oldest.End(new Fault(FaultCode.RateLimited, "too many streams of one device"));
        }

        return watcher;
    }

    public void Remove(Watcher watcher)
    {
        lock (_gate)
        {
            if (!_byAccount.TryGetValue(watcher.Account, out var watchers) || !watchers.Remove(watcher))
            {
                return;
            }

            _count--;
            watcher.IsGone = true;
            if (watchers.Count == 0)
            {
                _byAccount.Remove(watcher.Account);
            }

            foreach (var group in watcher.Groups.ToList())
            {
                Drop(group, _groups[group], watcher);
            }
        }
    }

    public void Subscribe(Watcher watcher, GroupId group)
    {
        lock (_gate)
        {
            Seat(watcher, group);
        }
    }

    /// <summary>The stream hears of the group no more.</summary>
    public void Unsubscribe(Watcher watcher, GroupId group)
    {
        lock (_gate)
        {
            if (watcher.Groups.Contains(group))
            {
                Drop(group, _groups[group], watcher);
            }
        }
    }

    /// <summary>An account became a member: its streams get the group from now on.</summary>
    public void Join(AccountId account, GroupId group)
    {
        lock (_gate)
        {
            foreach (var watcher in _byAccount.GetValueOrDefault(account) ?? [])
            {
                Seat(watcher, group);
            }
        }
    }

    /// <summary>Whether anybody watches, and the last position published.</summary>
    public bool IsWatched(GroupId group, out ChainHead? published)
    {
        lock (_gate)
        {
            var watched = _groups.TryGetValue(group, out var channel);
            published = channel?.Published;
            return watched;
        }
    }

    /// <summary>A commit became durable now: from here on its hint is under way.</summary>
    public void Durable(GroupId group, ulong seq)
    {
        lock (_gate)
        {
            if (_groups.TryGetValue(group, out var channel) && channel.Waiting is null && !(channel.ToldSeq >= seq))
            {
                channel.Waiting = (seq, time.GetTimestamp());
            }
        }
    }

    /// <summary>A watcher was told of a head directly, from the store, when it came: what is newer, the tail owes it.</summary>
    public void Told(GroupId group, ulong seq)
    {
        lock (_gate)
        {
            // One that comes later and knows more does not pay what the tail owes to the others.
            if (_groups.TryGetValue(group, out var channel) && channel.ToldSeq is null)
            {
                channel.Tell(seq);
            }
        }
    }

    /// <summary>The watched groups and the highest position that their watchers were told of, ascending. Null: of none yet.</summary>
    public IReadOnlyList<(GroupId Group, ulong? ToldSeq)> Watched()
    {
        lock (_gate)
        {
            return [.. _groups.Select(pair => (pair.Key, pair.Value.ToldSeq)).OrderBy(pair => pair.Key)];
        }
    }

    /// <summary>The accounts that watch a group, ascending.</summary>
    public IReadOnlyList<AccountId> AccountsOf(GroupId group)
    {
        lock (_gate)
        {
            return [.. (_groups.GetValueOrDefault(group)?.Watchers ?? []).Select(watcher => watcher.Account).Distinct().Order()];
        }
    }

    /// <summary>Gives a publication to the group's watchers; those whose membership ended get their part, and no more.</summary>
    public void Publish(Publication publication, IReadOnlyDictionary<AccountId, ChainHead> ended)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(publication.Group, out var channel))
            {
                return;
            }

            channel.Published = publication.To;
            channel.Tell(publication.To.Seq);
            publication = publication with { DurableAt = channel.TakeWaiting(publication.To.Seq) ?? time.GetTimestamp() };
            foreach (var watcher in channel.Watchers.ToList())
            {
                if (ended.TryGetValue(watcher.Account, out var end))
                {
                    watcher.Offer(publication.CutAt(end));
                    Drop(publication.Group, channel, watcher);
                }
                else
                {
                    watcher.Offer(publication);
                }
            }
        }
    }

    /// <summary>A membership ended; the head that ended it is the last thing its streams hear of the group.</summary>
    public void End(Membership membership)
    {
        lock (_gate)
        {
            if (membership.Ended is { } ended && _groups.TryGetValue(membership.Group, out var channel))
            {
                foreach (var watcher in channel.Watchers.Where(watcher => watcher.Account == membership.Account).ToList())
                {
                    watcher.Offer(Publication.OfHead(membership.Group, ended));
                    Drop(membership.Group, channel, watcher);
                }
            }
        }
    }

    public void ToAccount(AccountId account, SlotKind kind, Hash32 id, WatchResponse response) =>
        Each(Of(account), watcher => watcher.Offer(kind, id, default, response));

    public void ToDevice(AccountId account, DeviceId device, SlotKind kind, WatchResponse response) =>
        Each([.. Of(account).Where(watcher => watcher.Session.Device == device)], watcher => watcher.Offer(kind, default, default, response));

    public void ToGroup(GroupId group, DeviceId except, SlotKind kind, Hash32 detail, WatchResponse response)
    {
        List<Watcher> watchers;
        lock (_gate)
        {
            watchers = [.. (_groups.GetValueOrDefault(group)?.Watchers ?? []).Where(watcher => watcher.Session.Device != except)];
        }

        Each(watchers, watcher => watcher.Offer(kind, group.Value, detail, response));
    }

    public void ToAll(SlotKind kind, WatchResponse response) => Each(All(), watcher => watcher.Offer(kind, default, default, response));

    public void EndAll(Fault fault) => Each(All(), watcher => watcher.End(fault));

    private List<Watcher> Of(AccountId account)
    {
        lock (_gate)
        {
            return [.. _byAccount.GetValueOrDefault(account) ?? []];
        }
    }

    private List<Watcher> All()
    {
        lock (_gate)
        {
            return [.. _byAccount.Values.SelectMany(watchers => watchers)];
        }
    }

    private static void Each(List<Watcher> watchers, Action<Watcher> act)
    {
        foreach (var watcher in watchers)
        {
            act(watcher);
        }
    }

    private void Seat(Watcher watcher, GroupId group)
    {
        // One that was crowded out while it still opens would stay for ever.
        if (watcher.IsGone)
        {
            return;
        }

        if (!_groups.TryGetValue(group, out var channel))
        {
            _groups.Add(group, channel = new Channel());
        }

        if (watcher.Groups.Add(group))
        {
            channel.Watchers.Add(watcher);
        }
    }

    private void Drop(GroupId group, Channel channel, Watcher watcher)
    {
        channel.Watchers.Remove(watcher);
        watcher.Groups.Remove(group);
        watcher.Forget(group);
        if (channel.Watchers.Count == 0)
        {
            _groups.Remove(group);
        }
    }

    private sealed class Channel
    {
        public ChainHead? Published { get; set; }

        /// <summary>The highest position told, by whichever way: what the audit compares with the store.</summary>
        public ulong? ToldSeq { get; private set; }

        /// <summary>The first commit that became durable and was not published yet.</summary>
        public (ulong Seq, long At)? Waiting { get; set; }

        public List<Watcher> Watchers { get; } = [];

        public void Tell(ulong seq) => ToldSeq = ToldSeq is { } told && told > seq ? told : seq;

        /// <summary>
        /// Since when what is published now has waited. Null where the tail read it before its author was answered, which is
        /// as early as it can be.
        /// </summary>
        public long? TakeWaiting(ulong upTo)
        {
            if (Waiting is not { } waiting || waiting.Seq > upTo)
            {
                return null;
            }

            Waiting = null;
            return waiting.At;
        }
    }
}
