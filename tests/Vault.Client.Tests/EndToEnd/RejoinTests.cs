using Grpc.Core;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Items;
using Vault.Protocol.V1;
using Status = Grpc.Core.Status;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Who was removed and is let in again follows the group on every device, not only on the one that asked (seed 14, brief).</summary>
public sealed class RejoinTests
{
    [Fact]
    public Task A_person_who_is_let_in_again_has_the_group_on_every_device() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ben.LoginOf(relay.Address));
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        await JoinAsync(ben);
        await SyncAsync(phone);
        Assert.Contains(phone.Client.Groups.List(), one => one.Id == group);

        await ann.Client.Groups.RemoveAsync(group, ben.Client.Accounts.WhoAmI().Account);
        await SyncAsync(ben);
        await SyncAsync(phone);
        Assert.Equal(FreshnessState.Ended, ben.Client.Sync.Status(group).State);
        Assert.Equal(FreshnessState.Ended, phone.Client.Sync.Status(group).State);

        await JoinAsync(phone);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, ItemTemplates.Create(ItemType.Note, "after")), TimeSpan.FromSeconds(15));
        await SyncAsync(ben);
        Assert.Contains(ben.Client.Groups.List(), one => one.Id == group);
        Assert.True(ben.Client.Sync.Status(group).IsFresh);
        Assert.Equal("after", Assert.Single(ben.Client.Items.List(group)).Item.Title);

        async Task JoinAsync(TestPerson device)
        {
            var invite = await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben");
            await device.Client.Groups.JoinAsync(invite.Code);
            await SyncAsync(ann);
            await SyncAsync(device);
            Assert.Contains(device.Client.Groups.List(), one => one.Id == group);
        }
    });

    [Fact]
    public Task A_removal_that_one_device_notes_late_does_not_undo_that_the_person_was_let_in_again() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var liar = new Liar();
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben", liar.Seams());
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ben.LoginOf(relay.Address));
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        await JoinAsync(ben);
        await SyncAsync(phone);
        await ann.Client.Groups.RemoveAsync(group, ben.Client.Accounts.WhoAmI().Account);

        // The laptop learns of the removal, and what it notes of it does not get out.
        liar.Saw = request =>
        {
            if (request is PushRequest)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "no way out"));
            }
        };
        await SyncAsync(ben);
        Assert.Equal(FreshnessState.Ended, ben.Client.Sync.Status(group).State);
        await SyncAsync(phone);
        await JoinAsync(phone);
        liar.Saw = null;
        await SyncAsync(ben);
        await SyncAsync(phone);
        Assert.True(ben.Client.Sync.Status(group).IsFresh);
        Assert.Contains(ben.Client.Groups.List(), one => one.Id == group);
        await using var tablet = TestPerson.New();
        await tablet.Client.Accounts.LoginAsync(ben.LoginOf(relay.Address));
        Assert.Contains(tablet.Client.Groups.List(), one => one.Id == group);

        async Task JoinAsync(TestPerson device)
        {
            var invite = await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben");
            await device.Client.Groups.JoinAsync(invite.Code);
            await SyncAsync(ann);
            await SyncAsync(device);
            Assert.Contains(device.Client.Groups.List(), one => one.Id == group);
        }
    });

    [Fact]
    public Task Who_asks_again_before_that_device_heard_what_another_noted_of_the_end_has_the_group_on_both() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ben.LoginOf(relay.Address));
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        await ben.Client.Groups.JoinAsync((await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben")).Code);
        await SyncAsync(ann);
        await SyncAsync(ben);
        await SyncAsync(phone);

        // The phone learns of the end while it is locked, and has noted nothing when its person asks again; the laptop has (seed 21001).
        await phone.Client.Accounts.LockAsync(TimeSpan.Zero);
        await ann.Client.Groups.RemoveAsync(group, ben.Client.Accounts.WhoAmI().Account);
        await SyncAsync(phone);
        await SyncAsync(ben);
        await phone.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await phone.Client.Groups.JoinAsync((await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben")).Code);
        await SyncAsync(phone);
        await SyncAsync(ann);
        await SyncAsync(phone);
        await SyncAsync(ben);
        foreach (var device in (TestPerson[])[phone, ben])
        {
            Assert.Contains(device.Client.Groups.List(), one => one.Id == group);
            Assert.True(device.Client.Sync.Status(group).IsFresh);
        }
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_code_from_before_a_membership_ended_brings_nobody_back(bool isRemoved) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        var first = await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben");
        var kept = await ann.Client.Groups.InviteAsync(group, Role.Editor, "whoever");
        await JoinAsync(first.Code);
        Assert.Contains(ben.Client.Groups.List(), one => one.Id == group);

        // Attack: the one who is out has kept a second code, and the opener's device completes requests by itself.
        await (isRemoved ? ann.Client.Groups.RemoveAsync(group, ben.Client.Accounts.WhoAmI().Account) : ben.Client.Groups.LeaveAsync(group));
        await SyncAsync(ben);
        await SyncAsync(ann);
        await JoinAsync(kept.Code);
        Assert.Single(ann.Client.Groups.Members(group));
        Assert.Empty(ann.Client.Groups.Invites(group));

        // Who is wanted again is invited again.
        await JoinAsync((await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben")).Code);
        Assert.Contains(ben.Client.Groups.List(), one => one.Id == group);

        async Task JoinAsync(string code)
        {
            await ben.Client.Groups.JoinAsync(code);
            await SyncAsync(ann);
            await SyncAsync(ben);
        }
    });

    private static async Task SyncAsync(TestPerson device)
    {
        await device.Client.Sync.SyncAsync();
        await device.Client.Sync.SyncAsync();
    }
}
