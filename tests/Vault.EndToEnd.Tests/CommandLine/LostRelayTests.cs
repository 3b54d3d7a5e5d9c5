using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>A relay's database is replaced beneath its people: by an empty one, or by yesterday's while they had written on.</summary>
public sealed class LostRelayTests
{
    [Fact]
    public async Task An_emptied_relay_is_filled_by_the_agents_of_its_people_a_locked_one_first_and_who_was_removed_stays_out()
    {
        await using var house = new Household();
        await house.InitializeAsync();
        await using var carl = house.NewPerson("Carl");
        var (ann, ben) = (house.Ann, house.Ben);
        await carl.RegisterAsync(house.Relay);
        await house.BringInAsync(carl, "family", "editor");
        await ann.AddAsync("family/Router", "from Ann");
        await ben.DoAsync("sync");
        await ben.AddAsync("family/Shed", "from Ben");
        await ann.DoAsync("sync");
        await carl.DoAsync("sync");
        await carl.DoAsync("agent", "stop");
        await ann.DoAsync("member", "remove", "family", "Carl", "--yes");
        await ann.AddAsync("family/Safe", "not for Carl");
        await ben.DoAsync("sync");
        var state = await ann.DigestAsync("family");
        await ann.DoAsync("agent", "stop");
        await ben.DoAsync("lock");

        await house.KillRelayAsync();
        Replace(house, []);
        await house.StartRelayAsync("--recovery-window", "--registration", "closed");

        // Ben's agent is locked and alone, and gives back itself, the group, and with it the others' accounts.
        await ben.RunAsync("sync");
        await ben.DoAsync("sync");
        Assert.Contains("3 accounts", await ReportAsync(house), StringComparison.Ordinal);
        await carl.UnlockAsync();
        await carl.RunAsync("sync");
        await ann.UnlockAsync();
        var kept = (await ann.TellAsync("in the window", "add", "login", "family/Waiting", "--secret", "password")).Expect(0);
        Assert.Contains("saved here, 1 pending", kept.Errors, StringComparison.Ordinal);
        await ann.RunAsync("sync");

        await house.StopRelayAsync();
        await house.StartRelayAsync("--registration", "closed");
        await ann.DoAsync("sync");
        await ben.UnlockAsync();
        await ben.DoAsync("sync");
        Assert.Equal("in the window", (await ben.DoAsync("get", "family/Waiting")).Text);
        Assert.NotEqual(state, await ben.DigestAsync("family"));
        Assert.Equal(await ann.DigestAsync("family"), await ben.DigestAsync("family"));
        await carl.RunAsync("sync");
        (await carl.RunAsync("get", "family/Safe")).Expect(4);
        await house.OperateAsync(0, "check");
    }

    [Fact]
    public async Task After_a_fork_the_evidence_is_judged_by_anybody_one_keeps_a_side_the_other_adopts_it_and_both_have_everything()
    {
        await using var house = new Household();
        await house.InitializeAsync();
        var (ann, ben) = (house.Ann, house.Ben);
        await ann.AddAsync("family/Router", "before");
        await ben.DoAsync("sync");
        await ben.DoAsync("agent", "stop");
        await house.StopRelayAsync();
        var yesterday = Directory.GetFiles(house.RelayData, "relay.db*").ToDictionary(file => Path.GetFileName(file)!, File.ReadAllBytes, StringComparer.Ordinal);
        await house.StartRelayAsync();
        await ann.AddAsync("family/Ann's", "on one side");
        await ann.DoAsync("agent", "stop");
        await house.StopRelayAsync();
        Replace(house, yesterday);
        await house.StartRelayAsync();
        await ben.UnlockAsync();
        await ben.AddAsync("family/Ben's", "on the other");
        await ann.UnlockAsync();
        (await ann.RunAsync("sync", "family")).Expect(12);
        (await ann.RunAsync("status", "family")).Expect(12);
        Assert.Contains("adopt-relay", (await ann.RunAsync("get", "family/Router", "--fresh")).Expect(12).Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("last proven", (await ann.DoAsync("get", "family/Router")).Errors, StringComparison.Ordinal);

        // Somebody without an account, a group or a key.
        await using var stranger = house.NewPerson("Stranger");
        var evidence = house.PathOf("fork.bin");
        await ann.DoAsync("group", "evidence", "family", "--to", evidence);
        Assert.Contains("exists already", (await ann.RunAsync("group", "evidence", "family", "--to", evidence)).Expect(8).Errors, StringComparison.Ordinal);
        var shown = (await stranger.RunAsync("evidence", "verify", evidence, "--json")).Expect(12).Document;
        Assert.NotEqual(shown.GetProperty("ours").GetProperty("authorId").GetString(), shown.GetProperty("theirs").GetProperty("authorId").GetString());
        var junk = house.PathOf("junk.bin");
        await File.WriteAllTextAsync(junk, "a shopping list", TestContext.Current.CancellationToken);
        (await stranger.RunAsync("evidence", "verify", junk)).Expect(2);
        var spoilt = await File.ReadAllBytesAsync(evidence, TestContext.Current.CancellationToken);
        spoilt[^1] ^= 1;
        await File.WriteAllBytesAsync(junk, spoilt, TestContext.Current.CancellationToken);
        Assert.Contains("BAD_SIGNATURE", (await stranger.RunAsync("evidence", "verify", junk)).Expect(2).Errors, StringComparison.Ordinal);
        (await stranger.RunAsync("evidence", "verify", "/dev/zero")).Expect(2);
        (await stranger.RunAsync("evidence", "verify", "")).Expect(2);
        (await stranger.RunAsync("evidence", "verify", house.PathOf("none.bin"))).Expect(4);

        var mine = (await ann.DoAsync("group", "adopt-mine", "family", "--yes", "--json")).Document;
        await ann.DoAsync("agent", "stop");
        await house.StopRelayAsync();
        await house.OperateAsync(
            0, "truncate", "--group", mine.GetProperty("group").GetProperty("id").GetString()!, "--to", $"{mine.GetProperty("commonSeq").GetUInt64()}", "--yes");
        await house.StartRelayAsync();

        // The other side comes first, and gives nothing back of what was cut off. The first round of those who keep theirs brings it, the
        // next one sees it stand; Ben's device says otherwise until he has chosen.
        Assert.Contains("operator", (await ben.RunAsync("sync", "family")).Expect(10).Text, StringComparison.Ordinal);
        await ann.UnlockAsync();
        await ann.RunAsync("sync", "family");
        await StandsAsync(ann);
        (await ben.RunAsync("sync", "family")).Expect(12);
        await ben.DoAsync("group", "adopt-relay", "family", "--yes");
        await ben.DoAsync("sync", "family");
        await StandsAsync(ann);
        Assert.Equal("on the other", (await ann.DoAsync("get", "family/Ben's")).Text);
        Assert.Equal("on one side", (await ben.DoAsync("get", "family/Ann's")).Text);
        Assert.Equal(await ann.DigestAsync("family"), await ben.DigestAsync("family"));
        await ben.DoAsync("removal", "list");
    }

    // Everything is at the relay and here, whatever other devices say.
    private static async Task StandsAsync(Person person)
    {
        var freshness = (await person.RunAsync("sync", "family", "--json")).Document.GetProperty("groups")[0].GetProperty("freshness");
        Assert.Contains(freshness.GetProperty("state").GetString(), (string[])["live", "polling"]);
        Assert.Equal((0, 0), (freshness.GetProperty("pending").GetInt32(), freshness.GetProperty("missingBlobs").GetInt32()));
    }

    private static void Replace(Household house, Dictionary<string, byte[]> files)
    {
        foreach (var file in Directory.GetFiles(house.RelayData, "relay.db*"))
        {
            File.Delete(file);
        }

        foreach (var (name, content) in files)
        {
            File.WriteAllBytes(Path.Combine(house.RelayData, name), content);
        }
    }

    // Findings are allowed: the lockers of those who are not back yet are lacking.
    private static async Task<string> ReportAsync(Household house) =>
        (await Programs.RunAsync(Programs.Start(Programs.Server, ["check", "--data", house.RelayData]), [])).Text;
}
