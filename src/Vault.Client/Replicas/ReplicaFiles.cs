using Microsoft.Data.Sqlite;

namespace Vault.Client.Replicas;

/// <summary>The replica on disk: one connection, no pooling, 0600 inside a 0700 directory.</summary>
public static class ReplicaFiles
{
    private const UnixFileMode OwnerDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens the database, making file and directory when they are missing.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static SqliteConnection Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        MakeDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            // SQLite gives -wal and -shm the mode of the file itself.
            using var made = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerFile,
            });
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 1,
        }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>A database in memory, for simulations and tests: as long as the connection lives.</summary>
    public static SqliteConnection OpenInMemory(string path)
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        return connection;
    }

    internal static void MakeDirectory(string directory) => Directory.CreateDirectory(directory, OwnerDirectory);
}
