using Microsoft.Data.Sqlite;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.Benchmarks.Throughput;

/// <summary>
/// The rows that a push leaves in the relay's store, written by prepared statements on one connection: commit, blob, head
/// and the store's own counter. One transaction, and so one sync, a batch. Nothing is read, verified or indexed further.
/// </summary>
internal sealed class SqliteFloor : IDisposable
{
    private const string Tables =
        """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        CREATE TABLE relay (one INTEGER PRIMARY KEY, change INTEGER NOT NULL) STRICT;
        INSERT INTO relay VALUES (1, 0);
        CREATE TABLE groups (grp BLOB PRIMARY KEY, seq INTEGER NOT NULL, id BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE commits (grp BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, body BLOB NOT NULL,
            signatures BLOB NOT NULL, PRIMARY KEY (grp, seq)) STRICT;
        CREATE TABLE blobs (grp BLOB NOT NULL, hash BLOB NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL,
            PRIMARY KEY (grp, hash)) STRICT;
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _count;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _blob;
    private readonly SqliteCommand _head;
    private readonly SqliteCommand _end;

    public SqliteFloor(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        using (var tables = _connection.CreateCommand())
        {
            tables.CommandText = Tables;
            tables.ExecuteNonQuery();
        }

        _begin = Prepare("BEGIN IMMEDIATE", 0);
        _count = Prepare("UPDATE relay SET change = change + 1", 0);
        _commit = Prepare("INSERT INTO commits VALUES ($1, $2, $3, $4, $5)", 5);
        _blob = Prepare("INSERT INTO blobs VALUES ($1, $2, $3, $4)", 4);
        _head = Prepare("INSERT OR REPLACE INTO groups VALUES ($1, $2, $3)", 3);
        _end = Prepare("COMMIT", 0);
    }

    /// <summary>Commits of several groups in one transaction.</summary>
    public void Commit(List<AuthoredCommit> batch)
    {
        Run(_begin);
        foreach (var commit in batch)
        {
            var group = commit.Group.ToArray();
            var (seq, id) = ((long)commit.Head.Seq, commit.Head.Id.ToArray());
            var blob = commit.Blobs[0];
            Run(_count);
            Run(_commit, group, seq, id, commit.Entry.Body.ToByteArray(), commit.Entry.Signatures[0].ToByteArray());
            Run(_blob, group, Core.BlobHashes.Of(blob).ToArray(), blob.Length, blob);
            Run(_head, group, seq, id);
        }

        Run(_end);
    }

    public void Dispose()
    {
        foreach (var command in new[] { _begin, _count, _commit, _blob, _head, _end })
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            command.Parameters[i].Value = arguments[i];
        }

        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Statements are constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        return command;
    }
}
