using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>A member who starts an epoch that leads to no older one: named, rotated past, and a new member opens everything.</summary>
public sealed class BadEpochTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task An_epoch_without_wraps_is_named_and_the_next_writer_leads_past_it() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        await using var cyd = await TestPerson.RegisterAsync(relay, "Cyd");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        var old = ann.Client.Items.Add(family, Login("old"));
        await ann.Client.Items.WaitAsync(old, Soon);
        await JoinAsync(ann, bob, family);
        using (var rogue = await RogueDevice.TakeAsync(bob))
        {
            await rogue.CommitAsync(family, draft =>
            {
                draft.OpenKey(startEpoch: true);
                draft.Body.Epoch.Wraps.Clear();
                draft.Note(0);
            });
        }

        await ann.Client.Sync.SyncAsync();
        var fault = ann.Client.Sync.Status(family).Fault;
        Assert.Equal(FaultCode.BadEpoch, fault?.Code);
        Assert.Equal(ann.Client.Groups.Members(family).Single(member => member.Name == "Bob").Account, fault?.Author);

        // Judged again from the disk, by a device that was locked meanwhile.
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal(FaultCode.BadEpoch, ann.Client.Sync.Status(family).Fault?.Code);

        var next = ann.Client.Items.Add(family, Login("new"));
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(next, Soon)).State);
        Assert.Null(ann.Client.Sync.Status(family).Fault);
        await JoinAsync(ann, cyd, family);
        Assert.All(cyd.Client.Items.List(family), item => Assert.Null(item.Damage));
        Assert.Equal(["new", "old"], cyd.Client.Items.List(family).Select(item => item.Item.Title));
    });

    private static async Task JoinAsync(TestPerson ann, TestPerson joiner, Core.Ids.GroupId family)
    {
        await joiner.Client.Groups.JoinAsync((await ann.Client.Groups.InviteAsync(family, Role.Editor)).Code);
        await ann.Client.Sync.SyncAsync();
        await joiner.Client.Groups.WaitForJoinAsync(family, TimeSpan.FromSeconds(20));
    }
}
