using Microsoft.Data.Sqlite;
using Vault.Server.Hosting;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>A relay's database as a file: the one in a data directory, or a backup of it.</summary>
internal static class RelayFile
{
    private const int Damaged = 11;
    private const int NoDatabase = 26;

    /// <summary>Opens a file to read from, also while a relay writes to it.</summary>
    /// <exception cref="MaintenanceException">There is none, it is no relay's, or it is newer than this program.</exception>
    public static SqliteSession OpenReadOnly(string path) => Open(path, SqliteOpenMode.ReadOnly);

    /// <summary>Opens a file that this process alone uses.</summary>
    /// <exception cref="MaintenanceException">As above.</exception>
    public static SqliteSession OpenWritable(string path)
    {
        var session = Open(path, SqliteOpenMode.ReadWrite);
        session.ExecuteScript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;");
        return session;
    }

    /// <summary>
    /// Copies a database as it stands at this moment into a new file for this user alone, in one piece without a log beside it,
    /// synced and looked through.
    /// </summary>
    /// <exception cref="MaintenanceException">What was copied is damaged.</exception>
    public static void Copy(SqliteSession source, string path)
    {
        File.Delete(path);
        DataDirectory.OwnFile(path, FileMode.CreateNew).Dispose();
        try
        {
            using (var target = new SqliteConnection(ConnectionString(path, SqliteOpenMode.ReadWrite)))
            {
                target.Open();
                source.CopyTo(target);
                using var copy = new SqliteSession(target);
                copy.ExecuteScript("PRAGMA journal_mode = DELETE;");
                RequireSound(copy, path);
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>What SQLite finds wrong with its own structures; empty when nothing.</summary>
    public static List<string> Problems(SqliteSession session) =>
        [.. session.All("PRAGMA integrity_check(20)", row => row.GetString(0)).Where(line => line != "ok")];

    /// <summary>What went wrong, for a person.</summary>
    public static MaintenanceException Explain(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        NoDatabase => new MaintenanceException(ExitCodes.Failed, $"{path} is not a database.", e),
        Damaged => new MaintenanceException(ExitCodes.Damaged, $"{path} is damaged.", e),
        _ => new MaintenanceException(ExitCodes.Failed, $"{path}: {SqliteRelayStore.Unavailable(e).Message}", e),
    };

    private static void RequireSound(SqliteSession session, string path)
    {
        if (Problems(session) is [var first, ..])
        {
            throw new MaintenanceException(ExitCodes.Damaged, $"The database is damaged, so {path} was not made: {first}");
        }
    }

    private static SqliteSession Open(string path, SqliteOpenMode mode)
    {
        if (!File.Exists(path))
        {
            throw new MaintenanceException(ExitCodes.NotFound, $"{path}: no such file.");
        }

        SqliteSession? session = null;
        try
        {
            var connection = new SqliteConnection(ConnectionString(path, mode));
            session = new SqliteSession(connection);
            connection.Open();
            var version = session.One("PRAGMA user_version", row => row.GetInt32(0));
            var tables = session.One(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('relay', 'accounts', 'groups', 'commits', 'blobs')",
                row => row.GetInt32(0));
            return tables < 5 ? throw new MaintenanceException(ExitCodes.Failed, $"{path} is a database, but not a relay's.")
                : version > SqliteSchema.Version ? throw new MaintenanceException(
                    ExitCodes.Newer, $"{path} has version {version}; this program knows up to {SqliteSchema.Version}. Use a newer program.")
                : session;
        }
        catch (SqliteException e)
        {
            session?.Dispose();
            throw Explain(path, e);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    private static string ConnectionString(string path, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 10 }.ToString();
}
