using System.Text.Json;
using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>Edits that are not in the chain yet: what people see of them, and what they can do about them.</summary>
public sealed class OutboxTests(Household house) : IClassFixture<Household>
{
    private Person Ann => house.Ann;

    private Person Ben => house.Ben;

    [Fact]
    public async Task An_edit_that_lost_its_role_is_set_aside_with_the_reason_and_goes_out_once_the_role_is_back()
    {
        await SharedAsync("shed", "Padlock", "before");
        await EditOfflineAsync(Ben, "shed/Padlock", "after");
        var waiting = Single(await Ben.DoAsync("outbox", "list", "--json"));
        Assert.Equal("waiting", waiting.GetProperty("state").GetString());
        await Ben.KillAgentAsync();

        await house.StartRelayAsync();
        await Ann.DoAsync("member", "role", "shed", "Ben", "viewer");
        await Ben.UnlockAsync();
        await Ben.RunAsync("sync");

        var aside = Single(await Ben.DoAsync("outbox", "list", "--json"));
        Assert.Equal("svault.outbox.list/v1", (await Ben.DoAsync("outbox", "list", "--json")).Document.GetProperty("schema").GetString());
        Assert.Equal("set-aside", aside.GetProperty("state").GetString());
        Assert.Equal("FORBIDDEN_BY_ROLE", aside.GetProperty("faultName").GetString());
        Assert.Equal(["password"], aside.GetProperty("parts").EnumerateArray().Select(part => part.GetString()));
        var op = aside.GetProperty("opId").GetString()!;
        var people = (await Ben.DoAsync("outbox", "list", "shed")).Text;
        Assert.Contains("shed/Padlock", people, StringComparison.Ordinal);
        Assert.Contains("set aside", people, StringComparison.Ordinal);
        Assert.DoesNotContain("after", people, StringComparison.Ordinal);

        var again = (await Ben.RunAsync("outbox", "retry", op)).Expect(8);
        Assert.Contains("set aside again", again.Text, StringComparison.Ordinal);
        Assert.Equal("before", (await Ann.DoAsync("get", "shed/Padlock")).Text);

        await Ann.DoAsync("member", "role", "shed", "Ben", "editor");
        await Ben.RunAsync("sync");
        var retried = await Ben.DoAsync("outbox", "retry", "--all", "--wait", "--json");
        Assert.Equal("confirmed", retried.Document.GetProperty("edits")[0].GetProperty("write").GetProperty("state").GetString());
        await Ann.DoAsync("sync");
        Assert.Equal("after", (await Ann.DoAsync("get", "shed/Padlock")).Text);
        Assert.Empty((await Ben.DoAsync("outbox", "list", "--json")).Document.GetProperty("edits").EnumerateArray());
    }

    [Fact]
    public async Task A_discard_asks_first_names_what_is_lost_and_loses_only_that()
    {
        await SharedAsync("attic", "Trunk", "before");
        await EditOfflineAsync(Ben, "attic/Trunk", "after");
        var op = Single(await Ben.DoAsync("outbox", "list", "attic", "--json")).GetProperty("opId").GetString()!;

        (await Ben.RunAsync("outbox", "discard", op)).Expect(14);
        (await Ben.RunAsync("outbox", "discard", "ffffffff", "--yes")).Expect(4);
        Assert.Equal("after", (await Ben.DoAsync("get", "attic/Trunk")).Text);
        var asked = await Terminal.RunAsync(Ben.Home, $"svault outbox discard {op[..8]}", ("[y/N] ", "y"));

        Assert.Contains("Lose this edit? attic/Trunk: changes password.", asked, StringComparison.Ordinal);
        Assert.Contains("Lost: attic/Trunk: changes password.", asked, StringComparison.Ordinal);
        Assert.Equal("before", (await Ben.DoAsync("get", "attic/Trunk")).Text);
        (await Ben.RunAsync("outbox", "discard", op, "--yes")).Expect(4);
        await house.StartRelayAsync();
        await Ben.DoAsync("sync");
        Assert.Equal("before", (await Ann.DoAsync("get", "attic/Trunk", "--fresh")).Text);
    }

    [Fact]
    public async Task An_edit_whose_commit_is_on_its_way_cannot_be_discarded()
    {
        await Ann.AddAsync("family/Gate", "before");
        await Ann.DoAsync("sync");
        await house.FreezeRelayAsync();
        string op;
        try
        {
            (await Ann.TellAsync("after", "edit", "family/Gate", "--secret", "password")).Expect(0);
            op = await SignedAsync(Ann);
            var refused = (await Ann.RunAsync("outbox", "discard", op, "--yes", "--json")).Expect(8);

            Assert.Contains("may have arrived", refused.ErrorDocument.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal("after", (await Ann.DoAsync("get", "family/Gate")).Text);
        }
        finally
        {
            await house.ThawRelayAsync();
        }

        await Ann.DoAsync("sync", "--timeout", "60s");
        await Ben.DoAsync("sync", "--timeout", "60s");
        Assert.Equal("after", (await Ben.DoAsync("get", "family/Gate")).Text);
        (await Ann.RunAsync("outbox", "discard", op, "--yes")).Expect(4);
    }

    [Fact]
    public async Task A_locked_agent_lists_by_id_and_discards_nothing()
    {
        await SharedAsync("barn", "Plough", "before");
        await EditOfflineAsync(Ben, "barn/Plough", "after");
        await Ben.DoAsync("lock");
        try
        {
            var edit = Single(await Ben.DoAsync("outbox", "list", "--json"));
            Assert.False(edit.TryGetProperty("title", out _));
            Assert.Equal(32, edit.GetProperty("itemId").GetString()!.Length);
            (await Ben.RunAsync("outbox", "discard", edit.GetProperty("opId").GetString()!, "--yes")).Expect(3);
            Assert.Contains("svault unlock", (await Ben.RunAsync("sync", "--timeout", "1s")).Expect(9).Errors, StringComparison.Ordinal);
        }
        finally
        {
            await house.StartRelayAsync();
            await Ben.UnlockAsync();
        }

        await Ben.DoAsync("sync");
        Assert.Equal("after", (await Ben.DoAsync("get", "barn/Plough")).Text);
    }

    [Fact]
    public async Task Retry_wants_edits_or_all_of_them()
    {
        (await Ann.RunAsync("outbox", "retry")).Expect(2);
        (await Ann.RunAsync("outbox", "retry", "abcdef", "--all")).Expect(2);
        (await Ann.RunAsync("outbox", "retry", "abcdef")).Expect(4);
        Assert.Contains("Example:", (await Ann.DoAsync("help", "outbox", "discard")).Text, StringComparison.Ordinal);
    }

    private async Task SharedAsync(string group, string item, string password)
    {
        await Ann.DoAsync("group", "create", group);
        await house.BringInAsync(Ben, group, "editor");
        await Ann.AddAsync($"{group}/{item}", password);
        await Ben.DoAsync("sync");
    }

    // Once the relay is known to be away nothing is signed ahead: the edit waits as a difference.
    private async Task EditOfflineAsync(Person person, string item, string password)
    {
        await house.StopRelayAsync();
        (await person.RunAsync("sync", "--timeout", "2s")).Expect(9);
        (await person.TellAsync(password, "edit", item, "--secret", "password")).Expect(0);
    }

    private static async Task<string> SignedAsync(Person person)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Programs.Deadline);
        while (true)
        {
            var edit = Single(await person.DoAsync("outbox", "list", "--json"));
            if (edit.GetProperty("state").GetString() == "signed")
            {
                return edit.GetProperty("opId").GetString()!;
            }

            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private static JsonElement Single(Outcome listed) => Assert.Single(listed.Document.GetProperty("edits").EnumerateArray());
}
