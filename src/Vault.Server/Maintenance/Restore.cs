using Microsoft.Data.Sqlite;
using Vault.Server.Hosting;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>What a restore did. Kept: where the database that was replaced lies now; null when there was none.</summary>
internal sealed record Restored(long Bytes, string? Kept);

/// <summary>
/// Puts a backup in the place of a relay's database. A restored relay is behind its members, so it opens its recovery window
/// first: were it to take new commits before the holders of the lost ones are back, the group would fork.
/// </summary>
internal static class Restore
{
    /// <summary>Restores into a data directory that no relay uses.</summary>
    /// <param name="until">When the window closes by itself; null: when the operator closes it.</param>
    /// <exception cref="MaintenanceException">No backup, or a database is there already and force is not.</exception>
    /// <exception cref="StoreUnavailableException">The data directory is taken or cannot be used.</exception>
    public static Restored Run(string dataPath, string from, bool force, DateTimeOffset now, DateTimeOffset? until)
    {
        using var source = RelayFile.OpenReadOnly(from);
        using var directory = DataDirectory.Take(dataPath);
        var database = directory.Database;
        if (Path.GetFullPath(from) == database)
        {
            throw new MaintenanceException(ExitCodes.Misused, $"{from} is the relay's own database.");
        }

        var present = new FileInfo(database) is { Exists: true, Length: > 0 };
        if (present && !force)
        {
            throw new MaintenanceException(
                ExitCodes.Conflict, $"{database} holds a relay. With --force it is replaced, and kept beside the new one.");
        }

        var arriving = database + ".restoring";
        RelayFile.Copy(source, arriving);
        // First the window: whatever comes between, no start finds the old head without it.
        RecoveryWindowFile.Write(directory, until);
        var kept = Path.Combine(directory.Path, $"replaced-{now:yyyyMMdd'T'HHmmssfff'Z'}.db");
        SettleLog(database, kept);
        if (present)
        {
            File.Replace(arriving, database, kept);
        }
        else
        {
            File.Move(arriving, database, overwrite: true);
        }

        DirectorySync.Flush(directory.Path);
        return new Restored(new FileInfo(database).Length, present ? kept : null);
    }

    // A log that stays beside another database would be replayed into it. What it holds belongs to the old one: there it goes, or,
    // when the old one cannot be opened, beside it under its name.
    private static void SettleLog(string database, string kept)
    {
        try
        {
            using var old = RelayFile.OpenWritable(database);
            old.ExecuteScript("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
        }
        catch (Exception e) when (e is MaintenanceException or SqliteException)
        {
            // It is no database any more, or none yet.
        }

        foreach (var suffix in (string[])["-wal", "-shm", "-journal"])
        {
            if (File.Exists(database + suffix))
            {
                File.Move(database + suffix, kept + suffix);
            }
        }
    }
}
