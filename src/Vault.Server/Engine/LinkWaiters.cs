using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Server.Engine;

/// <summary>Calls that wait for a link step, bounded.</summary>
internal sealed class LinkWaiters(RelayParts parts)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Hash32, List<Waiter>> _waiters = [];
    private int _count;

    /// <exception cref="RelayFaultException">RATE_LIMITED: too many wait.</exception>
    public Waiter Add(Hash32 mailbox)
    {
        lock (_gate)
        {
            if (_count >= parts.Limits.LinkWaiters)
            {
                throw RelayFaultException.Of(FaultCode.RateLimited, "waiting calls", TimeSpan.FromSeconds(5));
            }

            _count++;
            if (!_waiters.TryGetValue(mailbox, out var list))
            {
                _waiters.Add(mailbox, list = []);
            }

            var waiter = new Waiter(this, mailbox, parts);
            list.Add(waiter);
            return waiter;
        }
    }

    public void Wake(Hash32 mailbox)
    {
        List<Waiter> waiters;
        lock (_gate)
        {
            waiters = [.. _waiters.GetValueOrDefault(mailbox) ?? []];
        }

        foreach (var waiter in waiters)
        {
            waiter.Signal.Set();
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (_gate)
        {
            _count--;
            var list = _waiters[waiter.Mailbox];
            list.Remove(waiter);
            if (list.Count == 0)
            {
                _waiters.Remove(waiter.Mailbox);
            }
        }
    }

    /// <summary>One waiting call, with its own patience.</summary>
    internal sealed class Waiter : IDisposable
    {
        private readonly LinkWaiters _owner;
        private readonly ITimer _timer;
        private volatile bool _expired;

        public Waiter(LinkWaiters owner, Hash32 mailbox, RelayParts parts)
        {
            _owner = owner;
            Mailbox = mailbox;
            Signal = new AsyncSignal(parts.Scheduler);
            _timer = parts.Time.CreateTimer(_ => Expire(), null, parts.Limits.LinkWait, Timeout.InfiniteTimeSpan);
        }

        public Hash32 Mailbox { get; }

        public AsyncSignal Signal { get; }

        /// <summary>True when something was posted; false when the wait is over.</summary>
        public async Task<bool> WaitAsync(CancellationToken cancellationToken)
        {
            if (!_expired)
            {
                await Signal.WaitAsync(cancellationToken);
            }

            return !_expired;
        }

        public void Dispose()
        {
            _timer.Dispose();
            _owner.Remove(this);
        }

        private void Expire()
        {
            _expired = true;
            Signal.Set();
        }
    }
}
