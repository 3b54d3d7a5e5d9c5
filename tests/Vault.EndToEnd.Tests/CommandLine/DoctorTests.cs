using System.Diagnostics;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Vault.EndToEnd.Tests.People;
using Vault.Ipc;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>What goes wrong in silence is found and mended, and changes are told as they are verified.</summary>
[Collection(AgentProcesses.Name)]
public sealed class DoctorTests(Household house)
{
    [Fact]
    public async Task A_spoilt_home_is_found_and_mended_and_a_nonce_goes_round()
    {
        await using var eve = house.NewPerson("Eve");
        await eve.RegisterAsync(house.Relay);
        await eve.AddAsync("personal/Kept", "kept");
        var sound = (await eve.RunAsync("doctor", "--json")).Expect(0).Document;
        Assert.True(sound.GetProperty("sound").GetBoolean());
        foreach (var name in new[] { "home", "socket", "agent", "memory", "tls", "notifications", "poll", "clock", "replica", "outbox", "set-aside", "forks", "faults", "owners", "epochs" })
        {
            Assert.Equal("ok", State(sound, name));
        }

        // Locked, offline and damaged, in a home that others can read.
        await eve.KillAgentAsync();
        using (var replica = eve.OpenReplica())
        {
            Assert.NotEqual(0, Execute(replica, "UPDATE group_commit SET entry=x'ffff' WHERE seq=1"));
            Assert.NotEqual(0, Execute(replica, "UPDATE blob SET content=x'00'"));
        }

        Open(Directory.GetFiles(eve.Paths.StateDirectory, "replica.sqlite", SearchOption.AllDirectories).Single());
        Open(eve.Paths.StateDirectory);
        await house.StopRelayAsync();
        var open = (await eve.RunAsync("doctor", "--json")).Expect(13).Document;
        Assert.Equal("fail", State(open, "home"));
        Assert.Equal("fail", State(open, "agent"));
        var closed = (await eve.RunAsync("doctor", "--fix", "--json")).Expect(13).Document;
        Assert.Equal("ok", State(closed, "home"));
        Assert.Equal("fail", State(closed, "poll"));
        Assert.Equal("fail", State(closed, "replica"));
        Assert.Empty(HomePermissions.Look(eve.Paths));

        await house.StartRelayAsync();
        await eve.RunAsync("sync");
        var mended = (await eve.RunAsync("doctor", "--fix", "--json")).Document;
        Assert.Equal("ok", State(mended, "replica"));
        Assert.Equal("ok", State(mended, "notifications"));
        await eve.UnlockAsync();
        Assert.Equal("kept", (await eve.DoAsync("get", "personal/Kept", "--fresh")).Text);
    }

    [Fact]
    public async Task Watch_tells_each_change_in_one_line_goes_on_over_a_lock_and_ends_with_130()
    {
        var (ann, ben) = (house.Ann, house.Ben);
        await ann.UnlockAsync();
        await ann.DoAsync("sync");
        var start = Programs.Start(Programs.Svault, ["watch", "--jsonl", "family"]);
        start.Environment["SVAULT_HOME"] = ann.Home;
        using var watch = Process.Start(start)!;
        try
        {
            var standing = await NextAsync(watch, "standing");
            var seq = standing.GetProperty("groups")[0].GetProperty("freshness").GetProperty("verifiedSeq").GetUInt64();
            await ben.AddAsync("family/Watched", "seen");
            var commit = (await NextAsync(watch, "commit")).GetProperty("commit");
            Assert.Equal(seq + 1, commit.GetProperty("seq").GetUInt64());
            var put = commit.GetProperty("changes").EnumerateArray().Last();
            Assert.Equal("put", put.GetProperty("kind").GetString());
            Assert.Equal(32, put.GetProperty("subjectId").GetString()!.Length);
            Assert.Equal("Ben", commit.GetProperty("author").GetString());

            await ann.DoAsync("lock");
            await NextAsync(watch, "standing");
            await ben.AddAsync("family/Watched locked", "seen");
            var locked = (await NextAsync(watch, "commit")).GetProperty("commit");
            Assert.Equal(seq + 2, locked.GetProperty("seq").GetUInt64());
            Assert.False(locked.TryGetProperty("author", out _));

            // A run in the background ignores Ctrl-C for all its children, unless they are told not to.
            var shown = await Terminal.RunAsync(
                ann.Home, "env --default-signal=INT svault watch --jsonl; echo ended with $?", ("standing", "\u0003"));
            Assert.Contains("ended with 130", shown, StringComparison.Ordinal);
        }
        finally
        {
            if (!watch.HasExited)
            {
                watch.Kill();
            }

            await ann.UnlockAsync();
        }
    }

    // The next event of a kind; every line is a document of the one schema.
    private static async Task<JsonElement> NextAsync(Process watch, string kind)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Programs.Deadline);
        while (await watch.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            using var document = JsonDocument.Parse(line);
            Assert.Equal("svault.sync.watch/v1", document.RootElement.GetProperty("schema").GetString());
            if (document.RootElement.GetProperty("event").GetString() == kind)
            {
                return document.RootElement.Clone();
            }
        }

        throw new InvalidOperationException($"watch ended before \"{kind}\" came.");
    }

    private static void Open(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherRead | UnixFileMode.GroupExecute);
        }
    }

    private static string? State(JsonElement document, string name) => document.GetProperty("checks").EnumerateArray()
        .Single(check => check.GetProperty("name").GetString() == name).GetProperty("state").GetString();

    private static int Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }
}
