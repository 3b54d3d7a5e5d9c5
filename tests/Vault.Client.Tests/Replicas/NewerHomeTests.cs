using Microsoft.Data.Sqlite;
using Vault.Client.Accounts;
using Vault.Client.Tests.Kit;

namespace Vault.Client.Tests.Replicas;

/// <summary>A home that a newer version wrote: refused by name, and left as it was found.</summary>
public sealed class NewerHomeTests
{
    [Fact]
    public Task A_home_of_a_newer_version_is_refused_by_name_and_no_byte_of_it_changes() => Pumped.RunAsync(async () =>
    {
        var home = Directory.CreateTempSubdirectory("vault-home-").FullName;
        try
        {
            var path = Path.Combine(home, "replica.sqlite");
            await using (var client = Client(home))
            {
                client.Open();
            }

            // Another journal mode too: nothing that this version would set is set.
            var known = Version(path);
            Execute(path, "PRAGMA journal_mode=DELETE");
            Execute(path, $"PRAGMA user_version={known + 1}");
            var before = await File.ReadAllBytesAsync(path);

            await using (var client = Client(home))
            {
                var refused = Assert.Throws<VaultException>(client.Open);
                Assert.Equal(ClientRefusal.NewerHome, refused.Refusal);
                Assert.Contains("newer version of Vault wrote this home", refused.Message, StringComparison.Ordinal);
                Assert.Equal(before, await File.ReadAllBytesAsync(path));
                Assert.Equal(["replica.sqlite"], Directory.GetFiles(home).Select(Path.GetFileName));

                // The refusal holds nothing: the newer program opens the home, and so does this one, once the version is its own.
                Execute(path, $"PRAGMA user_version={known}");
            }

            await using (var client = Client(home))
            {
                client.Open();
                Assert.Equal(ClientState.NoAccount, client.State);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    });

    private static VaultClient Client(string home) => new(new ClientOptions { HomeDirectory = home }, TestPerson.Seams());

    private static long Version(string path)
    {
        using var connection = Connect(path);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(string path, string sql)
    {
        using var connection = Connect(path);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this file and a number.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Connect(string path)
    {
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
}
