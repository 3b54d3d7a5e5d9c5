using System.Data;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using Vault.Simulation.History;

namespace Vault.Simulation.World;

/// <summary>
/// The disk of a relay: one database, which outlives the process, and which this looks into by a connection of its own. So it is
/// known what each COMMIT made durable, whatever relay and clients say.
/// </summary>
internal sealed class RelayDisk : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _changed;
    private readonly SqliteCommand _commits;
    private readonly Dictionary<GroupId, ulong> _next = [];
    private long _change = -1;

    private RelayDisk()
    {
        Location = SqliteLocation.Memory($"relay-{Guid.NewGuid():N}");
        _connection = new SqliteConnection(Location.ConnectionString);
        _connection.Open();
        _changed = Command("SELECT grp, change FROM groups WHERE change > $c ORDER BY change, grp", "$c");
        _commits = Command("SELECT seq, id, body FROM commits WHERE grp = $g AND seq >= $s ORDER BY seq", "$g", "$s");
    }

    /// <summary>Where a relay finds it.</summary>
    public SqliteLocation Location { get; }

    /// <summary>An empty one.</summary>
    public static RelayDisk Empty() => new();

    /// <summary>A copy of what is on it at this moment.</summary>
    public RelayDisk Copy()
    {
        var copy = new RelayDisk();
        _connection.BackupDatabase(copy._connection);
        return copy;
    }

    /// <summary>Commits that became durable since it was asked last.</summary>
    public List<CommitAccepted> Accepted()
    {
        var accepted = new List<CommitAccepted>();
        foreach (var group in Changed())
        {
            var next = _next.GetValueOrDefault(group);
            _commits.Parameters[0].Value = group.ToArray();
            _commits.Parameters[1].Value = (long)next;
            using var row = _commits.ExecuteReader();
            while (row.Read())
            {
                var seq = (ulong)row.GetInt64(0);
                accepted.Add(new CommitAccepted(group, seq, EntryId.Parse(row.GetFieldValue<byte[]>(1)), row.GetFieldValue<byte[]>(2)));
                _next[group] = seq + 1;
            }
        }

        return accepted;
    }

    /// <summary>Every group's head, and from here on only what comes later is new.</summary>
    public SortedDictionary<GroupId, ulong> Heads()
    {
        var heads = new SortedDictionary<GroupId, ulong>();
        if (!Tables().Contains("groups"))
        {
            // No relay has run on it yet.
            return heads;
        }

        using var all = _connection.CreateCommand();
        all.CommandText = "SELECT grp, seq, change FROM groups ORDER BY grp";
        using var row = all.ExecuteReader();
        while (row.Read())
        {
            var group = GroupId.Parse(row.GetFieldValue<byte[]>(0));
            heads[group] = (ulong)row.GetInt64(1);
            _next[group] = heads[group] + 1;
            _change = Math.Max(_change, row.GetInt64(2));
        }

        return heads;
    }

    /// <summary>A group's head as the database has it.</summary>
    public ChainHead? Head(GroupId group)
    {
        using var one = _connection.CreateCommand();
        one.CommandText = "SELECT seq, id FROM groups WHERE grp = $g";
        one.Parameters.AddWithValue("$g", group.ToArray());
        using var row = one.ExecuteReader();
        return row.Read() ? new ChainHead((ulong)row.GetInt64(0), EntryId.Parse(row.GetFieldValue<byte[]>(1))) : null;
    }

    /// <summary>How many blobs are kept that newer ones took the place of. A disk that was replaced keeps none.</summary>
    public long Superseded()
    {
        if (_connection.State != ConnectionState.Open)
        {
            return 0;
        }

        using var all = _connection.CreateCommand();
        all.CommandText = "SELECT count(*) FROM blobs WHERE superseded_at IS NOT NULL AND names = 0";
        return (long)all.ExecuteScalar()!;
    }

    /// <summary>Content of a blob, where it is still kept.</summary>
    public byte[]? Blob(GroupId group, ReadOnlyMemory<byte> hash)
    {
        using var one = _connection.CreateCommand();
        one.CommandText = "SELECT content FROM blobs WHERE grp = $g AND hash = $h AND content IS NOT NULL";
        one.Parameters.AddWithValue("$g", group.ToArray());
        one.Parameters.AddWithValue("$h", hash.ToArray());
        return one.ExecuteScalar() as byte[];
    }

    /// <summary>An account's chain as the database has it.</summary>
    public List<SignedEntry> Entries(AccountId account)
    {
        var entries = new List<SignedEntry>();
        using var all = _connection.CreateCommand();
        all.CommandText = "SELECT body, signatures FROM entries WHERE account = $a ORDER BY seq";
        all.Parameters.AddWithValue("$a", account.ToArray());
        using var row = all.ExecuteReader();
        while (row.Read())
        {
            var entry = new SignedEntry { Body = ByteString.CopyFrom(row.GetFieldValue<byte[]>(0)) };
            entry.Signatures.Add(row.GetFieldValue<byte[]>(1).Chunk(Limits.SignatureBytes).Select(signature => ByteString.CopyFrom(signature)));
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Every part of an account's locker that the database has.</summary>
    public List<byte[]> Locker(AccountId account)
    {
        var parts = new List<byte[]>();
        using var all = _connection.CreateCommand();
        all.CommandText = "SELECT content FROM lockers WHERE account = $a ORDER BY hash";
        all.Parameters.AddWithValue("$a", account.ToArray());
        using var row = all.ExecuteReader();
        while (row.Read())
        {
            parts.Add(row.GetFieldValue<byte[]>(0));
        }

        return parts;
    }

    /// <summary>Looks for a text in every column of every row.</summary>
    public RelayRows Search(ReadOnlySpan<byte> text)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var rows = 0;
        foreach (var table in Tables())
        {
            using var all = _connection.CreateCommand();
#pragma warning disable CA2100 // The database's own table names.
            all.CommandText = $"SELECT * FROM \"{table}\"";
#pragma warning restore CA2100
            using var row = all.ExecuteReader();
            while (row.Read())
            {
                rows++;
                for (var column = 0; column < row.FieldCount; column++)
                {
                    var holds = row.GetValue(column) switch
                    {
                        byte[] bytes => bytes.AsSpan().IndexOf(text) >= 0,
                        string chars => System.Text.Encoding.UTF8.GetBytes(chars).AsSpan().IndexOf(text) >= 0,
                        _ => false,
                    };
                    if (holds)
                    {
                        found.Add($"{table}.{row.GetName(column)}");
                    }
                }
            }
        }

        return new RelayRows(rows, [.. found]);
    }

    public void Dispose()
    {
        _changed.Dispose();
        _commits.Dispose();
        _connection.Dispose();
    }

    private List<string> Tables()
    {
        using var names = _connection.CreateCommand();
        names.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        using var row = names.ExecuteReader();
        var tables = new List<string>();
        while (row.Read())
        {
            tables.Add(row.GetString(0));
        }

        return tables;
    }

    private List<GroupId> Changed()
    {
        var groups = new List<GroupId>();
        _changed.Parameters[0].Value = _change;
        using var row = _changed.ExecuteReader();
        while (row.Read())
        {
            groups.Add(GroupId.Parse(row.GetFieldValue<byte[]>(0)));
            _change = row.GetInt64(1);
        }

        return groups;
    }

    private SqliteCommand Command(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }
}
