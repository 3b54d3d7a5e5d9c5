namespace Vault.Server.Stores;

/// <summary>
/// A few connections, each used by one thread at a time. A database in memory has one for readers and writer alike, so that
/// nobody reads inside an open transaction.
/// </summary>
internal sealed class SessionPool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<SqliteSession> _free = new();
    private readonly SemaphoreSlim _count;
    private bool _disposed;

    public SessionPool(IEnumerable<SqliteSession> sessions)
    {
        foreach (var session in sessions)
        {
            _free.Push(session);
        }

        _count = new SemaphoreSlim(_free.Count);
    }

    /// <summary>Runs with a connection that nobody else uses meanwhile. Never entered twice by one thread.</summary>
    public T Use<T>(Func<SqliteSession, T> work)
    {
        _count.Wait();
        SqliteSession? session = null;
        try
        {
            lock (_gate)
            {
                if (_disposed)
                {
                    throw new StoreUnavailableException("The store is closed.");
                }

                session = _free.Pop();
            }

            return work(session);
        }
        finally
        {
            Return(session);
        }
    }

    /// <summary>Closes what is free now and, as it comes back, the rest.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_free.TryPop(out var session))
            {
                session.Dispose();
            }
        }
    }

    private void Return(SqliteSession? session)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                session?.Dispose();
            }
            else if (session is not null)
            {
                _free.Push(session);
            }
        }

        _count.Release();
    }
}
