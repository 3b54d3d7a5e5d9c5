using Vault.Server.Stores;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayFiles;

namespace Vault.Server.Tests.Maintenance;

/// <summary>A backup is one moment of a relay that goes on.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly RelayFiles _files = new();

    private string Copy => _files.Of("copy.db");

    [Fact]
    public void A_backup_of_a_running_relay_is_sound_whole_private_and_alone()
    {
        _files.Relay(async world =>
        {
            var (owner, session, circle) = await LiveAsync(world);
            var seq = circle.State.Head.Seq;
            Expect(0, "backup", "--data", _files.Data, "--to", Copy);
            await world.PushAsync(session, circle.Put(owner));
            Assert.Contains($"1 groups with {seq + 1} commits", Expect(0, "check", "--file", Copy), StringComparison.Ordinal);
            Assert.Contains($"1 groups with {seq + 2} commits", _files.Check(), StringComparison.Ordinal);

            // The next one of that name replaces it.
            Expect(0, "backup", "--data", _files.Data, "--to", Copy);
            Assert.Contains($"1 groups with {seq + 2} commits", Expect(0, "check", "--file", Copy), StringComparison.Ordinal);
        });
        Assert.True(IsPrivate(Copy));
        Assert.Equal([Copy], Directory.GetFiles(Path.GetDirectoryName(Copy)!));
    }

    [Fact]
    public void A_backup_that_fails_leaves_the_former_one()
    {
        _files.Relay(LiveAsync);
        Expect(0, "backup", "--data", _files.Data, "--to", Copy);
        var before = File.ReadAllBytes(Copy);
        _files.Tamper("PRAGMA wal_checkpoint(TRUNCATE)");
        using (var file = File.Open(_files.Database, FileMode.Open))
        {
            file.Position = 4_096 * 3;
            file.Write(new SeededRandom(5).Bytes((int)(file.Length - (4_096 * 3))));
        }

        Expect(12, "backup", "--data", _files.Data, "--to", Copy);
        Assert.Equal(before, File.ReadAllBytes(Copy));
        Assert.Equal([Copy], Directory.GetFiles(Path.GetDirectoryName(Copy)!));
    }

    [Fact]
    public void What_is_no_relay_is_told_apart_by_its_own_message()
    {
        _files.Relay(LiveAsync);
        var noise = _files.Of("noise");
        File.WriteAllBytes(noise, new SeededRandom(5).Bytes(9_000));
        var other = _files.Of("other");
        Sql(other, "CREATE TABLE cats (name TEXT)");
        var newer = _files.Of("newer");
        File.Copy(_files.Database, newer);
        Sql(newer, "PRAGMA user_version = 99");

        foreach (var command in (string[][])[["check", "--file"], ["restore", "--data", _files.Of("new"), "--from"]])
        {
            Assert.Contains("no such file", Expect(4, [.. command, _files.Of("none")]), StringComparison.Ordinal);
            Assert.Contains("is not a database", Expect(1, [.. command, noise]), StringComparison.Ordinal);
            Assert.Contains("not a relay's", Expect(1, [.. command, other]), StringComparison.Ordinal);
            Assert.Contains("has version 99", Expect(18, [.. command, newer]), StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(_files.Of("new")));
        Assert.Contains("no such file", Expect(4, "backup", "--data", _files.Of("none"), "--to", Copy), StringComparison.Ordinal);
        Assert.Contains("no such directory", Expect(4, "backup", "--data", _files.Data, "--to", _files.Of("none/copy")), StringComparison.Ordinal);
        Assert.Contains("is no backup", Expect(8, "backup", "--data", _files.Data, "--to", noise), StringComparison.Ordinal);
        Assert.Contains("is a directory", Expect(2, "backup", "--data", _files.Data, "--to", _files.Data), StringComparison.Ordinal);
        Assert.Contains("own database", Expect(2, "backup", "--data", _files.Data, "--to", _files.Database), StringComparison.Ordinal);
        Assert.Contains("no such file", Expect(4, "pick", "--data", _files.Data, "--from", _files.Of("none"), "--yes"), StringComparison.Ordinal);
        Assert.Contains("holds no branch", Expect(1, "pick", "--data", _files.Data, "--from", noise, "--yes"), StringComparison.Ordinal);
        Assert.Contains("no such directory", Expect(4, "branches", "--data", _files.Of("none")), StringComparison.Ordinal);
        _files.Check();
    }

    public void Dispose() => _files.Dispose();

    private static void Sql(string file, string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(SqliteLocation.File(file).ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
