using Microsoft.Data.Sqlite;

namespace Vault.Client.Replicas;

/// <summary>
/// The replica's one connection: WAL, synchronous=FULL, held exclusively, so a second process finds it busy instead of
/// interleaving. All changes go through <see cref="Transact"/>: one COMMIT, or nothing, synced to disk unless it says otherwise.
/// </summary>
internal sealed class ReplicaDatabase : IDisposable
{
    /// <summary>What a person is told of it.</summary>
    public const string Unreadable = "The replica on this disk holds something that cannot be read. Run svault doctor --fix.";

    private readonly SqliteConnection _connection;
    private readonly ICommitProbe? _probe;

    // Compiled once: an edit runs some twenty statements, and compiling costs more than running them.
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);
    private bool _inTransaction;
    private bool _isSynced = true;

    private ReplicaDatabase(SqliteConnection connection, ICommitProbe? probe)
    {
        _connection = connection;
        _probe = probe;
    }

    /// <summary>Takes the connection over, and brings the schema up to date.</summary>
    /// <exception cref="VaultException">InUse; NewerHome: nothing was changed; Storage: full or damaged.</exception>
    public static ReplicaDatabase Open(Func<string, SqliteConnection> open, string path, ICommitProbe? probe)
    {
        try
        {
            var database = new ReplicaDatabase(open(path), probe);
            try
            {
                database.SetUp();
                return database;
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }
        catch (SqliteException failed)
        {
            throw Storage(failed);
        }
        catch (IOException failed)
        {
            throw VaultException.Refuse(ClientRefusal.Storage, $"The replica cannot be opened: {failed.Message}");
        }
        catch (UnauthorizedAccessException failed)
        {
            throw VaultException.Refuse(ClientRefusal.Storage, $"The replica cannot be opened: {failed.Message}");
        }
    }

    /// <summary>All that the action does, or none of it, on disk when this returns. The name is for the crash seam and for errors.</summary>
    public void Transact(string name, Action change) => Commit(name, change, isSynced: true);

    /// <summary>
    /// The same, except that a loss of power can undo it until the next transaction that is synced, which syncs this one too. A
    /// crash of the process undoes nothing. For what was received and nothing signed here relies on yet.
    /// </summary>
    public void TransactUnsynced(string name, Action change) => Commit(name, change, isSynced: false);

    private void Commit(string name, Action change, bool isSynced)
    {
        if (_inTransaction)
        {
            throw new InvalidOperationException($"{name} inside another transaction.");
        }

        try
        {
            if (_isSynced != isSynced)
            {
                Execute(isSynced ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
                _isSynced = isSynced;
            }

            Execute("BEGIN IMMEDIATE");
            _inTransaction = true;
            try
            {
                change();
                _probe?.BeforeCommit(name);
                Execute("COMMIT");
            }
            catch
            {
                TryRollBack();
                throw;
            }
            finally
            {
                _inTransaction = false;
            }

            _probe?.AfterCommit(name);
        }
        catch (SqliteException failed)
        {
            throw Storage(failed);
        }
    }

    /// <summary>Runs a statement; returns the rows that it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        return Prepare(sql, parameters).ExecuteNonQuery();
    }

    /// <summary>A row was met that does not parse, and passed over: the disk is damaged, or somebody wrote to it.</summary>
    public bool HasUnreadableRows { get; private set; }

    /// <summary>After an audit that found everything readable.</summary>
    public void ForgetUnreadable() => HasUnreadableRows = false;

    /// <summary>Reads rows, in the order that the statement asks for.</summary>
    /// <exception cref="VaultException">REPLICA_CHANGED: a row does not parse, and without it nothing here can be said. Storage.</exception>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Read(sql, row, isLenient: false, parameters);

    /// <summary>
    /// The same where the rest is worth having without a row that does not parse: it is passed over, stays where it is, shows in the
    /// status, and is an audit's finding.
    /// </summary>
    public List<T> QueryReadable<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Read(sql, row, isLenient: true, parameters);

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    /// <summary>What a row throws that holds something else than it should.</summary>
    public static bool IsUnreadable(Exception thrown) =>
        thrown is Google.Protobuf.InvalidProtocolBufferException or ArgumentException or InvalidCastException or InvalidOperationException
            or FormatException or OverflowException;

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> row, bool isLenient, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            using var reader = Prepare(sql, parameters).ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                try
                {
                    rows.Add(row(reader));
                }
                catch (Exception unreadable) when (IsUnreadable(unreadable))
                {
                    if (!isLenient)
                    {
                        throw new VaultException(new Core.Fault(Protocol.V1.FaultCode.ReplicaChanged, "a stored row does not parse"), Unreadable, unreadable);
                    }

                    HasUnreadableRows = true;
                }
            }

            return rows;
        }
        catch (SqliteException failed)
        {
            throw Storage(failed);
        }
    }

    private void SetUp()
    {
        Execute("PRAGMA locking_mode=EXCLUSIVE");
        ReplicaSchema.RequireKnown(this);
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        Execute("PRAGMA foreign_keys=ON");
        Execute("PRAGMA secure_delete=ON");
        ReplicaSchema.Migrate(this);
    }

    private static VaultException Storage(SqliteException failed)
    {
        const int Busy = 5, Locked = 6, ReadOnly = 8, Damaged = 11, Full = 13, NoDatabase = 26;
        var message = failed.SqliteErrorCode switch
        {
            Busy or Locked => "Another process uses this home. Stop it, or use another home.",
            Full => "The disk is full. Nothing was changed; make room and try again.",
            ReadOnly => "The replica cannot be written: check the permissions of the home directory.",
            Damaged or NoDatabase => "The replica on this disk is damaged. Move the home aside and log in anew; what was sent is at the relay.",
            _ => $"The replica cannot be used: {failed.Message}",
        };
        var refusal = failed.SqliteErrorCode is Busy or Locked ? ClientRefusal.InUse : ClientRefusal.Storage;
        return new VaultException(new Core.Fault(default), message, failed) { Refusal = refusal };
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a literal of this assembly; values go by parameter.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, _) in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            _prepared.Add(sql, command);
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        }

        return command;
    }

    private void TryRollBack()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back already, as it does when the disk is full.
        }
    }
}
