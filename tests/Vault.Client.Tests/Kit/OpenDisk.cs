using Microsoft.Data.Sqlite;
using Vault.Client.Replicas;

namespace Vault.Client.Tests.Kit;

/// <summary>A replica's file and its one connection, so that a test can change rows behind the client's back, while it runs or after.</summary>
internal sealed class OpenDisk
{
    private SqliteConnection? _connection;

    public ClientSeams Over(ClientSeams seams) => seams with { OpenReplica = path => _connection = ReplicaFiles.Open(path) };

    /// <summary>While the client runs: by the connection that it uses.</summary>
    public int Execute(string sql) => Execute(_connection!, sql);

    /// <summary>While it does not.</summary>
    public static int Execute(string home, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(home, "replica.sqlite")};Pooling=False");
        connection.Open();
        return Execute(connection, sql);
    }

    private static int Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }
}
