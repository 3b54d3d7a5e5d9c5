using Microsoft.Data.Sqlite;
using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>
/// Change tokens spoilt on the disk of a stopped agent. A token is a cursor and no evidence: with a useless one the chain is
/// read from its beginning, every change is found, a deletion too, and what waits to be sent is sent.
/// </summary>
[Collection(AgentProcesses.Name)]
public sealed class SpoiltTokenTests(Household house)
{
    [Theory]
    [InlineData("truncated", "UPDATE grp SET token = substr(token, 1, 20) WHERE token IS NOT NULL")]
    [InlineData("foreign", "UPDATE grp SET token = (SELECT token FROM grp AS other WHERE other.id <> grp.id AND other.token IS NOT NULL)")]
    [InlineData("invented", "UPDATE grp SET token = randomblob(length(token)) WHERE token IS NOT NULL")]
    public async Task A_spoilt_change_token_costs_a_resync_and_no_edit(string kind, string spoil)
    {
        var (ann, ben) = (house.Ann, house.Ben);
        await ann.AddAsync($"family/Kept {kind}", "old");
        await ann.AddAsync($"family/Gone {kind}", "old");
        await ann.DoAsync("sync");
        await house.StopRelayAsync();
        await ann.DoTellingAsync("waits", "edit", $"family/Kept {kind}", "--secret", "password");
        await ann.KillAgentAsync();
        await house.StartRelayAsync();
        await ben.DoAsync("sync");
        await ben.AddAsync($"family/New {kind}", "meanwhile");
        await ben.DoAsync("rm", $"family/Gone {kind}", "--yes", "--wait");
        using (var replica = ann.OpenReplica())
        {
            Assert.True(Execute(replica, spoil) >= 2, "no token was there to be spoilt");
        }

        await ann.UnlockAsync();
        await ann.DoAsync("sync");
        Assert.Equal("waits", (await ann.DoAsync("get", $"family/Kept {kind}")).Text);
        Assert.Equal("meanwhile", (await ann.DoAsync("get", $"family/New {kind}")).Text);
        (await ann.RunAsync("get", $"family/Gone {kind}")).Expect(4);

        await ben.DoAsync("sync");
        Assert.Equal("waits", (await ben.DoAsync("get", $"family/Kept {kind}")).Text);
        Assert.Equal(await ann.DigestAsync("family"), await ben.DigestAsync("family"));
    }

    private static int Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }
}
