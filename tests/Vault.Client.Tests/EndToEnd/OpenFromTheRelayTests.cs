using System.Text.Json;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core.Items;
using Vault.Core.Tests.SecondImplementation;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>What a relay stores and two secrets are enough for another program to get everything back.</summary>
public sealed class OpenFromTheRelayTests
{
    [Fact]
    public Task The_second_implementation_opens_what_a_relay_recorded() => Pumped.RunAsync(async () =>
    {
        var seams = TestPerson.Seams() with { PasswordUnlock = new Argon2idUnlock() };
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", seams);
        var family = await ann.Client.Groups.CreateAsync("family");
        var item = ItemTemplates.Create(ItemType.Login, "mail of the Müllers");
        ItemTemplates.Set(item, "password", "Tr0ub4dor & 3");
        var added = ann.Client.Items.Add(family.Id, item);
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, TimeSpan.FromSeconds(30))).State);
        await relay.DownAsync();

        string[] arguments = ["--db", relay.Database, "--secret-key", ann.Kit!.SecretKey, "--password-stdin"];
        var opened = await Second.NodeAsync("open.mjs", arguments, TestPerson.Password + "\n");
        Assert.True(opened.ExitCode == 0, opened.ToString());
        var strings = Strings(JsonDocument.Parse(opened.Output).RootElement).ToArray();
        Assert.Contains("family", strings);
        Assert.Contains("mail of the Müllers", strings);
        Assert.Contains("Tr0ub4dor & 3", strings);

        var refused = await Second.NodeAsync("open.mjs", arguments, TestPerson.Password + "!\n");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.DoesNotContain("mail of the", refused.Output, StringComparison.Ordinal);
    });

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Strings(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };
}
