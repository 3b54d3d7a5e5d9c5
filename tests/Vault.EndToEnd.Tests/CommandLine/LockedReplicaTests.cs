using Microsoft.Data.Sqlite;
using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>A home that another process holds: an agent of another machine on a shared disk, a backup, somebody's editor.</summary>
[Collection(AgentProcesses.Name)]
public sealed class LockedReplicaTests(Household house)
{
    [Fact]
    public async Task A_replica_that_another_process_holds_is_named_and_its_edits_are_there_when_it_is_free()
    {
        var (ann, ben) = (house.Ann, house.Ben);
        await ann.AddAsync("family/Shed", "before");
        await house.StopRelayAsync();
        await ann.DoTellingAsync("kept", "edit", "family/Shed", "--secret", "password");
        await ann.KillAgentAsync();
        using (var other = ann.OpenReplica())
        {
            Execute(other, "PRAGMA locking_mode=EXCLUSIVE");
            Execute(other, "BEGIN EXCLUSIVE");

            var read = (await ann.RunAsync("get", "family/Shed")).Expect(16);
            Assert.Contains("Another process uses this home", read.Errors, StringComparison.Ordinal);
            Assert.Empty(read.Output);
            var unlock = (await ann.TellAsync(ann.Password + "\n", "unlock", "--password-stdin", "--json")).Expect(16);
            Assert.Equal("busy", unlock.ErrorDocument.GetProperty("name").GetString());
            Execute(other, "ROLLBACK");
        }

        await ann.UnlockAsync();
        Assert.Equal("kept", (await ann.DoAsync("get", "family/Shed")).Text);
        await house.StartRelayAsync();
        await ann.DoAsync("sync");
        await ben.DoAsync("sync");
        Assert.Equal("kept", (await ben.DoAsync("get", "family/Shed")).Text);
        Assert.Equal(await ann.DigestAsync("family"), await ben.DigestAsync("family"));
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
