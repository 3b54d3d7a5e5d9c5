using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayFiles;

namespace Vault.Server.Tests.Maintenance;

/// <summary>A check believes no row.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly RelayFiles _files = new();

    [Fact]
    public void A_sound_relay_is_sound_running_and_stopped()
    {
        _files.Relay(async world =>
        {
            await LiveAsync(world);
            Assert.Contains("all sound", _files.Check(), StringComparison.Ordinal);
        });
        Assert.Equal("3 accounts with 6 entries, 1 groups with 11 commits, 4 blobs of 2372 bytes: all sound\n", _files.Check());
    }

    [Theory]
    [InlineData("UPDATE blobs SET content = zeroblob(size) WHERE names > 0", "has other bytes")]
    [InlineData("UPDATE blobs SET content = zeroblob(4) WHERE names = 0", "has other bytes")]
    [InlineData("UPDATE blobs SET content = NULL WHERE names > 0", "3 blobs of live items are not here")]
    [InlineData("DELETE FROM blobs WHERE names > 0", "the blobs counted as live are not those that live items name")]
    [InlineData("UPDATE blobs SET names = names + 1", "the blobs counted as live are not those that live items name")]
    [InlineData("DELETE FROM commits WHERE seq = 2", "commit 3: ")]
    [InlineData("DELETE FROM commits WHERE seq = (SELECT max(seq) FROM commits)", "the head row is not the head of the chain")]
    [InlineData("UPDATE commits SET signatures = zeroblob(64) WHERE seq = 4", "commit 4: BAD_SIGNATURE")]
    [InlineData("UPDATE commits SET id = zeroblob(32) WHERE seq = 4", "commit 4: filed under another position or id")]
    [InlineData("DELETE FROM commits", "a head without a chain")]
    [InlineData("UPDATE groups SET seq = seq - 1", "the head row is not the head of the chain")]
    [InlineData("UPDATE groups SET bytes = bytes + 1", "bytes are counted")]
    [InlineData("DELETE FROM groups", "blobs: 4 rows belong to nothing in groups")]
    [InlineData("UPDATE members SET ended_seq = NULL, ended_id = NULL", "the members listed are not those of the chain")]
    [InlineData("DELETE FROM members WHERE ended_seq IS NOT NULL", "the members listed are not those of the chain")]
    [InlineData("INSERT INTO invites SELECT zeroblob(32), grp, key, opener, opened_seq, opened_id FROM invites", "an invite is listed that is not open")]
    [InlineData("INSERT INTO joins VALUES (zeroblob(32), zeroblob(32), x'', 0, 0)", "1 requests wait for invites that are not open")]
    [InlineData("UPDATE entries SET signatures = zeroblob(64) WHERE seq = 1", "entry 1: ")]
    [InlineData("DELETE FROM entries WHERE seq = 1", "the head row is not the head of the chain")]
    [InlineData("DELETE FROM auth_keys", "the auth keys that find it are not those in force")]
    [InlineData("UPDATE lockers SET content = x'00'", "has other bytes")]
    [InlineData("DELETE FROM lockers", "the locker parts held are not those that the chain names")]
    [InlineData("DELETE FROM accounts", "lockers: 9 rows belong to nothing in accounts")]
    public void A_row_that_is_changed_behind_its_back_is_found(string sql, string finding)
    {
        _files.Relay(LiveAsync);
        _files.Check();
        Assert.True(_files.Tamper(sql) > 0, sql);
        Assert.Contains(finding, Expect(13, "check", "--data", _files.Data), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_of_noise_is_found()
    {
        _files.Relay(LiveAsync);
        _files.Tamper("PRAGMA wal_checkpoint(TRUNCATE)");
        using (var file = File.Open(_files.Database, FileMode.Open))
        {
            file.Position = file.Length - 8_192;
            file.Write(new SeededRandom(5).Bytes(4_096));
        }

        Expect(13, "check", "--data", _files.Data);
    }

    public void Dispose() => _files.Dispose();
}
