using Microsoft.Data.Sqlite;
using Vault.Core.Ids;

namespace Vault.Server.Stores;

/// <summary>Where the database is.</summary>
/// <param name="ConnectionString">As Microsoft.Data.Sqlite takes it, without pooling.</param>
/// <param name="InMemory">Whether readers and writer share one connection and there is no write-ahead log.</param>
public sealed record SqliteLocation(string ConnectionString, bool InMemory)
{
    /// <summary>How many pages of 4 KiB the database may have: what a full disk is to a test. 0: no bound.</summary>
    public int PageCountMax { get; init; }

    /// <summary>A file, in write-ahead mode, synced at each commit.</summary>
    public static SqliteLocation File(string path) =>
        new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ToString(), false);

    /// <summary>
    /// A database in this process's memory, by name. It lives while any connection to it is open, so a simulation that
    /// restarts the relay keeps one (<see cref="SqliteRelayStore.KeepAlive"/>).
    /// </summary>
    public static SqliteLocation Memory(string name) =>
        new(
            new SqliteConnectionStringBuilder
            {
                DataSource = name,
                Mode = SqliteOpenMode.Memory,
                Cache = SqliteCacheMode.Shared,
                Pooling = false,
                DefaultTimeout = 1,
            }.ToString(),
            true);
}

/// <summary>The default store: embedded SQLite, one process, one writer (DECISIONS.md, design section 6).</summary>
public sealed class SqliteRelayStore : IRelayStore
{
    private const int Readers = 4;

    private readonly SessionPool _readers;
    private readonly SessionPool _writing;
    private readonly SqliteWriter _writer;

    private SqliteRelayStore(SessionPool readers, SessionPool writing, IRelayScheduler scheduler, ICommitObserver? observer)
    {
        _readers = readers;
        _writing = writing;
        _writer = new SqliteWriter(writing, scheduler, observer, CloseConnections);
    }

    /// <summary>Opens or creates the database and brings its tables to the present version.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be opened, or is newer than this program.</exception>
    public static SqliteRelayStore Open(SqliteLocation location, IRelayScheduler scheduler, ICommitObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(location);
        try
        {
            var session = Connect(location);
            SqliteSchema.Migrate(session);
            var writing = new SessionPool([session]);
            var readers = location.InMemory ? writing : new SessionPool(Enumerable.Range(0, Readers).Select(_ => Connect(location)));
            return new SqliteRelayStore(readers, writing, scheduler, observer);
        }
        catch (SqliteException e)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>An idle connection that keeps a database in memory alive between two openings.</summary>
    public static IDisposable KeepAlive(SqliteLocation location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return Connect(location);
    }

    public Task<WriteResult> WriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        // Once it waits it cannot be taken back: the batch may be committing. The caller learns the outcome.
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.WriteAsync(write);
    }

    public ValueTask<AccountPage?> ReadAccountAsync(AccountId account, ulong fromSeq, int bytesMax, CancellationToken cancellationToken) =>
        Read(session => SqliteReads.Account(session, account, fromSeq, bytesMax), cancellationToken);

    public ValueTask<AccountId?> FindAccountAsync(Hash32 authKeyHash, CancellationToken cancellationToken) =>
        Read(session => SqliteReads.AccountOfKey(session, authKeyHash), cancellationToken);

    public ValueTask<IReadOnlyList<StoredBlob>> ReadLockerAsync(AccountId account, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<StoredBlob>>(session => SqliteReads.Locker(session, account), cancellationToken);

    public ValueTask<GroupPage?> ReadGroupAsync(
        GroupId group, ChainHead? after, int bytesMax, AccountId? reader, CancellationToken cancellationToken) =>
        Read(session => SqliteReads.Group(session, group, after, bytesMax, reader), cancellationToken);

    public ValueTask<BlobPage> ReadBlobsAsync(
        GroupId group, IReadOnlyList<BlobHash> hashes, int bytesMax, bool liveOnly, CancellationToken cancellationToken) =>
        Read(session => SqliteReads.Blobs(session, group, hashes, bytesMax, liveOnly), cancellationToken);

    public ValueTask<Overview> ReadOverviewAsync(OverviewQuery query, CancellationToken cancellationToken) =>
        Read(session => SqliteReads.Overview(session, query), cancellationToken);

    public ValueTask<StoreChanges> ReadChangesAsync(StoreCursor? after, CancellationToken cancellationToken) =>
        Read(session => SqliteChanges.Read(session, after), cancellationToken);

    public ValueTask<IReadOnlyList<StoredInvite>> ReadInvitesAsync(InviteQuery query, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<StoredInvite>>(session => SqliteReads.Invites(session, query), cancellationToken);

    public ValueTask<IReadOnlyList<StoredLink>> ReadLinkAsync(Hash32 mailbox, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<StoredLink>>(session => SqliteReads.Link(session, mailbox), cancellationToken);

    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        CloseConnections();
        return ValueTask.CompletedTask;
    }

    internal static StoreUnavailableException Unavailable(Exception cause) =>
        cause as StoreUnavailableException ?? cause switch
        {
            SqliteException { SqliteErrorCode: 13 } e => new StoreUnavailableException("The disk or database is full.", e),
            SqliteException { SqliteErrorCode: 5 or 6 } e => new StoreUnavailableException("The database is locked.", e),
            SqliteException { SqliteErrorCode: 10 } e => new StoreUnavailableException("The disk reports an error.", e),
            SqliteException { SqliteErrorCode: 8 } e => new StoreUnavailableException("The database is read-only.", e),
            SqliteException { SqliteErrorCode: 11 or 26 } e => new StoreUnavailableException("The database is damaged.", e),
            SqliteException { SqliteErrorCode: 14 } e => new StoreUnavailableException("The database cannot be opened.", e),
            ObjectDisposedException e => new StoreUnavailableException("The store is closed.", e),
            var e => new StoreUnavailableException("The store failed.", e),
        };

    private static ValueTask<T> Complete<T>(T value) => ValueTask.FromResult(value);

    private static SqliteSession Connect(SqliteLocation location)
    {
        var connection = new SqliteConnection(location.ConnectionString);
        connection.Open();
        var session = new SqliteSession(connection);
        session.ExecuteScript(location.InMemory
            ? "PRAGMA foreign_keys = OFF;"
            : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;");
        if (location.PageCountMax > 0)
        {
            session.ExecuteScript($"PRAGMA max_page_count = {location.PageCountMax};");
        }

        return session;
    }

    private ValueTask<T> Read<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Complete(_readers.Use(session => InSnapshot(session, read)));
        }
        catch (Exception e) when (e is SqliteException or ObjectDisposedException)
        {
            throw Unavailable(e);
        }
    }

    private static T InSnapshot<T>(SqliteSession session, Func<SqliteSession, T> read)
    {
        session.Execute("BEGIN DEFERRED");
        try
        {
            return read(session);
        }
        finally
        {
            session.Execute("COMMIT");
        }
    }

    private void CloseConnections()
    {
        _readers.Dispose();
        _writing.Dispose();
    }
}
