using Google.Protobuf;
using Vault.Client.Items;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>
/// A relay that shows a fresh device a group as it was: the heads in the personal group, which other devices verified, are floors
/// (attack 51). The device says so, sends nothing, and heals when the relay is honest.
/// </summary>
public sealed class OldWorldTests
{
    private const int Commits = 70;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task A_fresh_device_is_never_live_on_an_old_world_and_heals_when_the_relay_is_honest() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        for (var i = 0; i < Commits; i++)
        {
            await AddAsync(ann, group, $"item {i}");
        }

        // The record follows now and then, not with every commit.
        await ann.Client.Sync.SyncAsync();
        Assert.InRange(ann.Client.Sync.Status(ann.Client.Groups.Find("personal").Id).VerifiedSeq, 2UL, 6UL);

        var liar = new Liar();
        var pushes = Pushes(liar, group);
        liar.Lie = OldWorld(ann, group, 30);
        await using var phone = TestPerson.New(liar.Seams());
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var shown = phone.Client.Sync.Status(group);
        Assert.Equal(30UL, shown.VerifiedSeq);
        Assert.Equal(FreshnessState.RelayBehind, shown.State);
        Assert.Equal(FaultCode.RelayBehind, shown.Fault?.Code);
        Assert.True(shown.KnownSeq >= 64);

        var edit = phone.Client.Items.Add(group, ItemTemplates.Create(ItemType.Note, "waits"));
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(1, phone.Client.Sync.Status(group).Pending);
        Assert.Equal(
            FaultCode.RelayBehind,
            (await Assert.ThrowsAsync<VaultException>(() => phone.Client.Groups.InviteAsync(group, Role.Viewer, "Ben"))).Code);
        Assert.Empty(pushes);

        // Locked and started anew, the device cannot read the record, and still knows.
        await phone.RestartAsync();
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.RelayBehind, phone.Client.Sync.Status(group).State);

        liar.Lie = null;
        await phone.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal(EditState.Saved, (await phone.Client.Items.WaitAsync(edit, Soon)).State);
        Assert.Equal(FreshnessState.Polling, phone.Client.Sync.Status(group).State);
        Assert.Null(phone.Client.Sync.Status(group).Fault);
        Assert.Equal(Commits + 1, phone.Client.Items.List(group).Count);
    });

    [Fact]
    public Task A_group_shown_as_it_was_before_one_joined_is_not_taken_for_left() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        for (var i = 0; i < 3; i++)
        {
            await AddAsync(ann, group, $"item {i}");
        }

        var invite = await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben");
        await ben.Client.Groups.JoinAsync(invite.Code);
        await ann.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        Assert.Contains(ben.Client.Groups.List(), one => one.Id == group);

        var liar = new Liar { Lie = OldWorld(ann, group, 3) };
        await using var phone = TestPerson.New(liar.Seams());
        await phone.Client.Accounts.LoginAsync(ben.LoginOf(relay.Address));
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.RelayBehind, phone.Client.Sync.Status(group).State);

        liar.Lie = null;
        await phone.Client.Sync.SyncAsync();
        await AddAsync(phone, group, "from the phone");
        await ben.Client.Sync.SyncAsync();
        Assert.Equal(4, ben.Client.Items.List(group).Count);
    });

    [Fact]
    public Task A_group_shown_as_it_was_before_one_joined_is_never_fresh_though_the_record_names_no_head() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        for (var i = 0; i < 3; i++)
        {
            await AddAsync(ann, group, $"item {i}");
        }

        var invite = await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben");
        await ben.Client.Groups.JoinAsync(invite.Code);
        await ann.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        var personal = ben.Client.Groups.Find("personal").Id;
        var login = ben.LoginOf(relay.Address);
        using var old = await RogueDevice.TakeAsync(ben);
        await old.PutItemAsync(personal, ItemId.Parse(group.ToArray().AsSpan(0, ItemId.Size)), new Item
        {
            Version = 1,
            Type = ItemType.GroupRecord,
            GroupRecord = new GroupRecord { Group = group.ToByteString() },
        });

        var liar = new Liar { Lie = OldWorld(ann, group, 3) };
        await using var phone = TestPerson.New(liar.Seams());
        await phone.Client.Accounts.LoginAsync(login);
        await phone.Client.Sync.SyncAsync();
        var shown = phone.Client.Sync.Status(group);
        Assert.Equal(3UL, shown.VerifiedSeq);
        Assert.NotEqual(FreshnessState.Polling, shown.State);
        Assert.NotEqual(FreshnessState.Live, shown.State);

        liar.Lie = null;
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Polling, phone.Client.Sync.Status(group).State);
        Assert.Equal(3, phone.Client.Items.List(group).Count);
    });

    [Fact]
    public Task A_former_member_who_asks_again_is_not_fresh_before_the_new_add() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        await bob.Client.Groups.JoinAsync((await ann.Client.Groups.InviteAsync(group, Role.Editor)).Code);
        await ann.Client.Sync.SyncAsync();
        await bob.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Polling, bob.Client.Sync.Status(group).State);

        await ann.Client.Groups.RemoveAsync(group, bob.Client.Accounts.WhoAmI().Account);
        await bob.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Ended, bob.Client.Sync.Status(group).State);
        var invite = await ann.Client.Groups.InviteAsync(group, Role.Editor);
        await AddAsync(ann, group, "written while Bob was away");
        await bob.Client.Groups.JoinAsync(invite.Code);
        await bob.Client.Sync.SyncAsync();
        Assert.False(bob.Client.Sync.Status(group).IsFresh, "fresh at the head where the membership ended");

        await ann.Client.Sync.SyncAsync();
        await bob.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Polling, bob.Client.Sync.Status(group).State);
        Assert.Equal("written while Bob was away", Assert.Single(bob.Client.Items.List(group)).Item.Title);
    });

    // Every answer about the group as it would have been at a position.
    private static Action<object> OldWorld(TestPerson knows, GroupId group, ulong seq)
    {
        var log = knows.Client.Groups.Log(group, Commits * 2);
        var heads = log.ToDictionary(entry => entry.Id.ToByteString());
        var old = new GroupHead { Seq = seq, Id = log.Single(entry => entry.Seq == seq).Id.ToByteString() };
        return answer =>
        {
            foreach (var named in ((answer as HeadsResponse)?.Heads ?? []).Where(named => named.Group == group.ToByteString()))
            {
                named.Head = old;
            }

            if (answer is PullResponse pull && heads.ContainsKey(pull.Head.Id))
            {
                var kept = pull.Commits.Where(record => GroupBody.Parser.ParseFrom(record.Commit.Body).Seq <= seq).ToList();
                pull.Commits.Clear();
                pull.Commits.Add(kept);
                pull.Head = old;
                pull.More = false;
            }
        };
    }

    private static List<ByteString> Pushes(Liar liar, GroupId group)
    {
        var pushes = new List<ByteString>();
        liar.Saw = request =>
        {
            if (liar.Lie is not null && request is PushRequest push && push.Group == group.ToByteString())
            {
                pushes.Add(push.ToByteString());
            }
        };
        return pushes;
    }

    private static async Task AddAsync(TestPerson person, GroupId group, string title)
    {
        var added = person.Client.Items.Add(group, ItemTemplates.Create(ItemType.Note, title));
        Assert.Equal(EditState.Saved, (await person.Client.Items.WaitAsync(added, Soon)).State);
    }
}
