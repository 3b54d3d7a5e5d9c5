using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>A relay that lost its newest day gets it back from the people whose day it was, and nobody does anything for it.</summary>
public sealed class RestoredRelayTests
{
    private const int Before = 4;
    private const int During = 8;
    private const int After = 3;

    [Fact]
    public async Task A_relay_restored_from_a_backup_gets_its_lost_commits_back_and_takes_new_ones_once_the_window_is_closed()
    {
        await using var house = new Household();
        await house.InitializeAsync();
        var (ann, ben) = (house.Ann, house.Ben);
        var backup = house.PathOf("backup.db");
        await AddAsync(ann, "before", Before);

        // The backup runs in a burst of writes: it is some moment of it.
        var burst = AddAsync(ann, "during", During);
        await house.OperateAsync(0, "backup", "--to", backup);
        await burst;
        await AddAsync(ann, "after", After);
        await ann.DoAsync("sync");
        await ben.DoAsync("sync");
        var heads = await house.OperateAsync(0, "check");
        var state = await ben.StateAsync("family");
        await house.KillRelayAsync();
        await house.OperateAsync(13, "check", "--file", await DamagedAsync(house, backup));
        await house.OperateAsync(0, "check", "--file", backup);
        await house.OperateAsync(8, "restore", "--from", backup);
        await house.OperateAsync(0, "restore", "--from", backup, "--force", "--window", "closed");
        Assert.NotEqual(heads.Text, (await house.OperateAsync(0, "check")).Text);

        await house.StartRelayAsync();
        await ann.DoAsync("sync");
        await ben.DoAsync("sync");
        Assert.Equal(heads.Text, (await house.OperateAsync(0, "check")).Text);

        // What is written in the window is kept, and sent when it is over.
        var kept = (await ann.TellAsync("in the window", "add", "login", "family/Waiting", "--secret", "password")).Expect(0);
        Assert.Contains("saved here, 1 pending", kept.Errors, StringComparison.Ordinal);
        Assert.Equal(heads.Text, (await house.OperateAsync(0, "check")).Text);
        Assert.Equal(state, await ben.StateAsync("family"));
        await house.OperateAsync(0, "window close");
        await ann.DoAsync("sync");
        await ben.DoAsync("sync");
        Assert.Equal("in the window", (await ben.DoAsync("get", "family/Waiting")).Text);
        Assert.Equal(await ann.StateAsync("family"), await ben.StateAsync("family"));
        await EveryItemAsync(ben);
        await house.OperateAsync(0, "check");
    }

    private static async Task AddAsync(Person person, string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await person.AddAsync($"family/{name} {i}", $"{name} {i}");
        }
    }

    private static async Task EveryItemAsync(Person person)
    {
        foreach (var (name, count) in ((string, int)[])[("before", Before), ("during", During), ("after", After)])
        {
            for (var i = 0; i < count; i++)
            {
                Assert.Equal($"{name} {i}", (await person.DoAsync("get", $"family/{name} {i}")).Text);
            }
        }
    }

    // A copy with a page of noise, which a check must not pass.
    private static async Task<string> DamagedAsync(Household house, string backup)
    {
        var bytes = await File.ReadAllBytesAsync(backup, TestContext.Current.CancellationToken);
        var damaged = house.PathOf("damaged.db");
        bytes.AsSpan(bytes.Length / 2, 4_096).Fill(0x5a);
        await File.WriteAllBytesAsync(damaged, bytes, TestContext.Current.CancellationToken);
        return damaged;
    }
}
