using Microsoft.Data.Sqlite;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Hosting;
using Vault.Server.Stores;
using Vault.Server.Tests.Kit;

namespace Vault.Server.Tests.Stores;

public sealed class SqliteMemoryStoreTests : StoreConformance
{
    private static int s_databases;

    private readonly SqliteLocation _location = SqliteLocation.Memory($"conformance-{Interlocked.Increment(ref s_databases)}");
    private readonly IDisposable _keep;

    public SqliteMemoryStoreTests() => _keep = SqliteRelayStore.KeepAlive(_location);

    internal override SqliteRelayStore Open(IRelayScheduler scheduler, ICommitObserver? observer = null) =>
        SqliteRelayStore.Open(_location, scheduler, observer);

    protected override void Clean() => _keep.Dispose();
}

public sealed class SqliteFileStoreTests : StoreConformance
{
    private readonly TemporaryDirectory _directory = new();

    private string Database => Path.Combine(_directory.Path, "relay.db");

    internal override SqliteRelayStore Open(IRelayScheduler scheduler, ICommitObserver? observer = null) =>
        SqliteRelayStore.Open(SqliteLocation.File(Database), scheduler, observer);

    protected override void Clean() => _directory.Dispose();

    [Fact]
    public async Task Sixteen_callers_share_commits_on_a_thread_of_the_store()
    {
        var commits = new Counter();
        await using var store = Open(new ThreadScheduler(), commits);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            for (var i = 0; i < 50; i++)
            {
                Assert.True((await store.WriteAsync(new StoreWrite.Beat(), default)).Applied);
            }
        }));
        Assert.Equal(800UL, (await store.ReadChangesAsync(null, default)).Beat);
        Assert.Equal(800, commits.Writes);
        Assert.True(commits.Commits <= 800);
    }

    [Fact]
    public async Task A_full_disk_is_said_and_nothing_is_acknowledged()
    {
        var scheduler = new ThreadScheduler();
        await using (var store = Open(scheduler))
        {
            Assert.True((await store.WriteAsync(new StoreWrite.Beat(), default)).Applied);
        }

        var location = SqliteLocation.File(Database) with { PageCountMax = 60 };
        var acknowledged = 0UL;
        var group = new GroupId(Hash32.Parse(new SeededRandom(1).Bytes(32)));
        StoreUnavailableException? full = null;
        await using (var store = SqliteRelayStore.Open(location, scheduler))
        {
            for (var i = 0UL; full is null && i < 1_000; i++)
            {
                try
                {
                    var head = new ChainHead(i, new EntryId(Hash32.Parse(new SeededRandom(i).Bytes(32))));
                    ChainHead? before = i == 0 ? null : new ChainHead(i - 1, new EntryId(Hash32.Parse(new SeededRandom(i - 1).Bytes(32))));
                    var entry = new SignedEntry { Body = Google.Protobuf.ByteString.CopyFrom(new byte[8_000]) };
                    var write = new StoreWrite.AppendGroup(
                        group, before, [new StoredEntry(head, entry)], [], [], [], [], [], [], DateTimeOffset.UnixEpoch, long.MaxValue);
                    Assert.True((await store.WriteAsync(write, default)).Applied);
                    acknowledged = i;
                }
                catch (StoreUnavailableException e)
                {
                    full = e;
                }
            }
        }

        Assert.Equal("The disk or database is full.", full?.Message);
        await using var after = Open(scheduler);
        Assert.Equal(acknowledged, (await after.ReadGroupAsync(group, null, 0, null, default))!.Head.Seq);
        Assert.True((await after.WriteAsync(new StoreWrite.Beat(), default)).Applied);
    }

    [Fact]
    public async Task A_locked_database_is_said_and_writes_go_on_when_it_is_free()
    {
        await using var store = Open(new ThreadScheduler());
        using (var other = new SqliteConnection(SqliteLocation.File(Database).ConnectionString))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WriteAsync(new StoreWrite.Beat(), default));
            Assert.Equal("The database is locked.", e.Message);
        }

        Assert.True((await store.WriteAsync(new StoreWrite.Beat(), default)).Applied);
    }

    [Fact]
    public async Task A_newer_database_is_refused_and_left_alone()
    {
        await Open(new ThreadScheduler()).DisposeAsync();
        using (var other = new SqliteConnection(SqliteLocation.File(Database).ConnectionString))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var e = Assert.Throws<StoreUnavailableException>(() => Open(new ThreadScheduler()));
        Assert.Contains("99", e.Message, StringComparison.Ordinal);
    }

    private sealed class Counter : ICommitObserver
    {
        public int Writes { get; private set; }

        public int Commits { get; private set; }

        public void BeforeCommit(int writes)
        {
        }

        public void AfterCommit(int writes)
        {
            Writes += writes;
            Commits++;
        }
    }
}
