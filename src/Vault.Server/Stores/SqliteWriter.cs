using Microsoft.Data.Sqlite;

namespace Vault.Server.Stores;

/// <summary>
/// The one writer: takes whatever waits into one transaction, each write in its savepoint, and answers after COMMIT has
/// returned. With synchronous=FULL that is one sync for all of them.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int BatchWrites = 256;
    private const long BatchBytes = 16 << 20;
    private const int QueueWrites = 4_096;
    private const long QueueBytes = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _queue = new();
    private readonly SessionPool _sessions;
    private readonly IRelayScheduler _scheduler;
    private readonly ICommitObserver? _observer;
    private readonly Action _crashed;
    private readonly IRelayWorker _worker;
    private long _queuedBytes;
    private Exception? _dead;

    public SqliteWriter(SessionPool sessions, IRelayScheduler scheduler, ICommitObserver? observer, Action crashed)
    {
        _sessions = sessions;
        _scheduler = scheduler;
        _observer = observer;
        _crashed = crashed;
        _worker = scheduler.StartWorker("relay store writer", Drain);
    }

    public Task<WriteResult> WriteAsync(StoreWrite write)
    {
        var waiting = new Waiting(write);
        lock (_gate)
        {
            if (_dead is not null)
            {
                return Task.FromException<WriteResult>(Unavailable(_dead));
            }

            if (_queue.Count >= QueueWrites || (_queuedBytes > 0 && _queuedBytes + waiting.Bytes > QueueBytes))
            {
                return Task.FromException<WriteResult>(new StoreUnavailableException("Too many writes are waiting."));
            }

            _queue.Enqueue(waiting);
            _queuedBytes += waiting.Bytes;
        }

        _worker.Signal();
        return waiting.Done.Task;
    }

    public void Dispose()
    {
        _worker.Dispose();
        Die(new ObjectDisposedException(nameof(SqliteRelayStore)));
    }

    private void Drain()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            try
            {
                _sessions.Use(session => Commit(session, batch));
            }
            catch (Exception e) when (e is SqliteException or StoreUnavailableException)
            {
                Answer(batch, Unavailable(e));
                continue;
            }
#pragma warning disable CA1031 // Whatever else happens here is a broken invariant or a staged crash: the store ends.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Die(e);
                Answer(batch, Unavailable(e));
                _crashed();
                return;
            }

            Answer(batch, null);
        }
    }

    private bool Commit(SqliteSession session, List<Waiting> batch)
    {
        try
        {
            session.Execute("BEGIN IMMEDIATE");
            foreach (var waiting in batch)
            {
                session.Execute("SAVEPOINT one");
                waiting.Result = SqliteWrites.Apply(session, waiting.Write);
                if (!waiting.Result.Applied)
                {
                    session.Execute("ROLLBACK TO one");
                }

                session.Execute("RELEASE one");
            }

            _observer?.BeforeCommit(batch.Count);
            session.Execute("COMMIT");
        }
        catch
        {
            RollBack(session);
            throw;
        }

        _observer?.AfterCommit(batch.Count);
        return true;
    }

    // A full disk may have rolled the transaction back already; then there is nothing to roll back.
    private static void RollBack(SqliteSession session)
    {
        try
        {
            session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
        }
    }

    private List<Waiting> TakeBatch()
    {
        var batch = new List<Waiting>();
        var bytes = 0L;
        lock (_gate)
        {
            while (batch.Count < BatchWrites && _queue.TryPeek(out var next) && (batch.Count == 0 || bytes + next.Bytes <= BatchBytes))
            {
                bytes += next.Bytes;
                batch.Add(_queue.Dequeue());
            }

            _queuedBytes -= bytes;
        }

        return batch;
    }

    private void Answer(List<Waiting> batch, StoreUnavailableException? failure)
    {
        foreach (var waiting in batch)
        {
            _scheduler.Post(() =>
            {
                if (failure is null)
                {
                    waiting.Done.TrySetResult(waiting.Result);
                }
                else
                {
                    waiting.Done.TrySetException(failure);
                }
            });
        }
    }

    private void Die(Exception cause)
    {
        List<Waiting> left;
        lock (_gate)
        {
            _dead ??= cause;
            left = [.. _queue];
            _queue.Clear();
            _queuedBytes = 0;
        }

        Answer(left, Unavailable(cause));
    }

    private static StoreUnavailableException Unavailable(Exception cause) => SqliteRelayStore.Unavailable(cause);

    private sealed class Waiting(StoreWrite write)
    {
        public StoreWrite Write { get; } = write;

        public long Bytes { get; } = write.Bytes;

        // Continuations run where the scheduler posts the completion, so no option is needed to keep them off the writer.
        public TaskCompletionSource<WriteResult> Done { get; } = new();

        public WriteResult Result { get; set; } = WriteResult.Of(WriteStatus.NotFound);
    }
}
