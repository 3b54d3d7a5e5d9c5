using Vault.Server.Hosting;

namespace Vault.Server.Maintenance;

/// <summary>
/// Copies a relay's database while the relay runs: one moment of it, with everything that was acknowledged before. The file
/// appears under its name only when it is whole and synced, so a backup that was cut short leaves the former one as it was.
/// </summary>
internal static class Backup
{
    /// <summary>Writes a backup of the database in a data directory, and returns its bytes.</summary>
    /// <exception cref="MaintenanceException">There is no database, or the target is something else than a backup.</exception>
    public static long Write(string database, string to)
    {
        var target = Path.GetFullPath(to);
        var folder = Path.GetDirectoryName(target);
        if (folder is null || !Directory.Exists(folder))
        {
            throw new MaintenanceException(ExitCodes.NotFound, $"{folder ?? target}: no such directory.");
        }

        using var source = RelayFile.OpenReadOnly(database);
        if (Path.GetFullPath(database) == target)
        {
            throw new MaintenanceException(ExitCodes.Misused, $"{to} is the relay's own database.");
        }

        RequireReplaceable(target);
        var partial = target + ".partial";
        RelayFile.Copy(source, partial);
        File.Move(partial, target, overwrite: true);
        DirectorySync.Flush(folder);
        return new FileInfo(target).Length;
    }

    // An older backup may go; a photograph, or somebody's directory, may not.
    private static void RequireReplaceable(string target)
    {
        if (Directory.Exists(target))
        {
            throw new MaintenanceException(ExitCodes.Misused, $"{target} is a directory.");
        }

        if (File.Exists(target))
        {
            try
            {
                RelayFile.OpenReadOnly(target).Dispose();
            }
            catch (MaintenanceException e)
            {
                throw new MaintenanceException(ExitCodes.Conflict, $"{target} exists and is no backup that could be replaced: {e.Message}", e);
            }
        }
    }
}
