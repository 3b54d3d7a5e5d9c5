using System.Text.Json;
using Vault.EndToEnd.Tests.People;

namespace Vault.EndToEnd.Tests.CommandLine;

/// <summary>One thing changed twice, seen and settled by people.</summary>
public sealed class ConflictTests(Household house) : IClassFixture<Household>
{
    private Person Ann => house.Ann;

    private Person Ben => house.Ben;

    [Fact]
    public async Task A_conflict_is_listed_compared_with_secrets_masked_and_settled_by_who_wrote_what()
    {
        await CollideAsync("family/Safe");

        var listed = await Ann.DoAsync("conflict", "list", "family", "--json");
        var conflict = Of(listed, "Safe");
        Assert.Equal("svault.conflict.list/v1", listed.Document.GetProperty("schema").GetString());
        Assert.Equal(["password", "username"], conflict.GetProperty("differences").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        // Ben came second and merged: the item keeps his, the copy holds Ann's.
        Assert.True(conflict.GetProperty("copyOwn").GetBoolean());
        Assert.False(conflict.GetProperty("itemOwn").GetBoolean());
        Assert.Equal("Ben", conflict.GetProperty("itemAuthor").GetString());
        Assert.DoesNotContain("-secret", listed.Text, StringComparison.Ordinal);
        (await Ann.RunAsync("status", "family")).Expect(8);
        Assert.Contains("svault conflict list", (await Ann.RunAsync("get", "family/Safe")).Expect(5).Errors, StringComparison.Ordinal);

        var masked = (await Ann.DoAsync("conflict", "show", "family/Safe")).Text;
        Assert.Contains("ann-name", masked, StringComparison.Ordinal);
        Assert.Contains("ben-name", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("-secret", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("-secret", (await Ann.DoAsync("conflict", "show", "family/Safe", "--json")).Text, StringComparison.Ordinal);
        var revealed = (await Ann.DoAsync("conflict", "show", "family/Safe", "--reveal")).Text;
        Assert.Contains("ann-secret", revealed, StringComparison.Ordinal);
        Assert.Contains("ben-secret", revealed, StringComparison.Ordinal);

        var item = conflict.GetProperty("itemId").GetString()!;
        await Ann.DoAsync("conflict", "resolve", "family/Safe", "--keep", "mine", "--wait");
        await Ben.DoAsync("sync");
        foreach (var person in (Person[])[Ann, Ben])
        {
            Assert.Equal("ann-secret", (await person.DoAsync("get", item)).Text);
            Assert.Equal("ann-name", (await person.DoAsync("get", $"{item}#username")).Text);
            Assert.DoesNotContain("Safe", (await person.DoAsync("conflict", "list", "--json")).Text, StringComparison.Ordinal);
            Assert.Contains(
                (await person.DoAsync("ls", "family", "--trash", "--json")).Document.GetProperty("items").EnumerateArray(),
                trashed => trashed.GetProperty("id").GetString() == conflict.GetProperty("copy").GetProperty("id").GetString()
                    && trashed.GetProperty("subtitle").GetString() == "ben-name");
        }

        // His secret is not lost: before the collision the item had none in its history but the first one's.
        Assert.True((await Ann.DoAsync("show", item, "--json")).Document.GetProperty("history").GetInt32() >= 2);
        (await Ann.RunAsync("conflict", "resolve", item, "--keep", "mine")).Expect(4);
    }

    [Fact]
    public async Task Parts_are_taken_one_by_one()
    {
        await CollideAsync("family/Chest");
        (await Ben.RunAsync("conflict", "resolve", "family/Chest", "--take", "title=copy")).Expect(4);
        (await Ben.RunAsync("conflict", "resolve", "family/Chest", "--take", "username")).Expect(2);
        (await Ben.RunAsync("conflict", "resolve", "family/Chest", "--take", "username=copy", "--keep", "item")).Expect(2);
        (await Ben.RunAsync("conflict", "resolve", "family/Chest")).Expect(2);

        var settled = await Ben.DoAsync("conflict", "resolve", "family/Chest", "--take", "username=copy", "--wait", "--json");

        Assert.Equal("svault.conflict.resolve/v1", settled.Document.GetProperty("schema").GetString());
        var trashed = settled.Document.GetProperty("other");
        Assert.True(trashed.GetProperty("trashed").GetBoolean());
        Assert.Equal("ben-name", trashed.GetProperty("subtitle").GetString());
        await Ann.DoAsync("sync");
        Assert.Equal("ann-name", (await Ann.DoAsync("get", "family/Chest#username")).Text);
        Assert.Equal("ben-secret", (await Ann.DoAsync("get", "family/Chest")).Text);
    }

    [Fact]
    public async Task Both_are_kept_as_two_items()
    {
        await CollideAsync("family/Coffer");
        var conflict = Of(await Ben.DoAsync("conflict", "list", "--json"), "Coffer");
        string[] ids = [conflict.GetProperty("itemId").GetString()!, conflict.GetProperty("copy").GetProperty("id").GetString()!];

        await Ben.DoAsync("conflict", "resolve", ids[1], "--keep", "both", "--wait");

        await Ann.DoAsync("sync");
        Assert.Equal("ben-secret", (await Ann.DoAsync("get", ids[0])).Text);
        Assert.Equal("ann-secret", (await Ann.DoAsync("get", ids[1])).Text);
        Assert.DoesNotContain("Coffer", (await Ann.DoAsync("conflict", "list", "--json")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edit_that_met_a_deletion_becomes_an_item_of_its_own()
    {
        await Ann.AddAsync("family/Casket", "first");
        await Ben.DoAsync("sync");
        await house.StopRelayAsync();
        await OfflineAsync(Ann);
        await OfflineAsync(Ben);
        await Ann.DoAsync("rm", "family/Casket", "--forever", "--yes");
        await Ben.DoTellingAsync("ben-secret", "edit", "family/Casket", "--secret", "password");
        await ArriveAsync();

        var conflict = Of(await Ben.DoAsync("conflict", "list", "--json"), "Casket");
        Assert.False(conflict.TryGetProperty("item", out _));
        (await Ben.RunAsync("conflict", "resolve", "family/Casket", "--take", "password=copy")).Expect(2);
        await Ben.DoAsync("conflict", "resolve", "family/Casket", "--keep", "mine", "--wait");

        await Ann.DoAsync("sync");
        Assert.Equal("ben-secret", (await Ann.DoAsync("get", "family/Casket")).Text);
        Assert.DoesNotContain("Casket", (await Ann.DoAsync("conflict", "list", "--json")).Text, StringComparison.Ordinal);
    }

    // Both change the same two fields while neither hears of the other; Ann's arrives first.
    private async Task CollideAsync(string item)
    {
        await Ann.AddAsync(item, "first");
        await Ben.DoAsync("sync");
        await house.StopRelayAsync();
        foreach (var person in (Person[])[Ann, Ben])
        {
            await OfflineAsync(person);
            var name = person.Name.ToLowerInvariant();
            await person.DoTellingAsync($"{name}-secret", "edit", item, "--field", $"username={name}-name", "--secret", "password");
        }

        await ArriveAsync();
    }

    // What Ann did arrives first, because Ben is away until it stands.
    private async Task ArriveAsync()
    {
        await Ben.KillAgentAsync();
        await house.StartRelayAsync();
        await Ann.DoAsync("sync");
        await Ben.UnlockAsync();
        await Ben.DoAsync("sync");
        await Ann.DoAsync("sync");
    }

    private static async Task OfflineAsync(Person person) => (await person.RunAsync("sync", "--timeout", "2s")).Expect(9);

    private static JsonElement Of(Outcome listed, string title) => Assert.Single(
        listed.Document.GetProperty("conflicts").EnumerateArray(), one => one.GetProperty("copy").GetProperty("title").GetString() == title);
}
