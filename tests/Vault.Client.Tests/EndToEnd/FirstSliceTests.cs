using Vault.Client.Items;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Two people through the real relay, over HTTP/2 on loopback, each on a home on disk.</summary>
public sealed class FirstSliceTests
{
    [Fact]
    public Task Two_people_share_a_group_edit_and_part() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        Assert.Equal(GroupKind.Personal, Assert.Single(ann.Client.Groups.List()).Kind);

        var family = await ann.Client.Groups.CreateAsync("family");
        Assert.Equal(Role.Owner, family.Role);
        var invite = await ann.Client.Groups.InviteAsync(family.Id, Role.Editor, "for Bob");
        var join = await bob.Client.Groups.JoinAsync(invite.Code);
        Assert.Equal(family.Id, join.Group);
        await ann.Client.Sync.SyncAsync();
        await bob.Client.Sync.SyncAsync();
        Assert.Equal("family", bob.Client.Groups.Find("family").Name);
        Assert.Equal(["Ann", "Bob"], ann.Client.Groups.Members(family.Id).Select(member => member.Name).Order());
        Assert.Equal(PinOrigin.Invite, ann.Client.Groups.Members(family.Id).Single(member => member.Name == "Bob").Pin);
        Assert.Equal(PinOrigin.Invite, bob.Client.Groups.Members(family.Id).Single(member => member.Name == "Ann").Pin);

        var item = ItemTemplates.Create(ItemType.Login, "mail");
        ItemTemplates.Set(item, "password", "first");
        var added = ann.Client.Items.Add(family.Id, item);
        Assert.True(ann.Client.Items.Get(family.Id, added.Item).Pending);
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, TimeSpan.FromSeconds(10))).State);

        await bob.Client.Sync.SyncAsync();
        Assert.Equal("first", ItemTemplates.ValueOf(bob.Client.Items.Get(family.Id, added.Item).Item, "password"));
        var edit = bob.Client.Items.Edit(family.Id, added.Item, made => ItemTemplates.Set(made, "password", "second"));
        Assert.Equal(EditState.Saved, (await bob.Client.Items.WaitAsync(edit, TimeSpan.FromSeconds(10))).State);
        await ann.Client.Sync.SyncAsync();
        var seen = ann.Client.Items.Get(family.Id, added.Item);
        Assert.Equal("second", ItemTemplates.ValueOf(seen.Item, "password"));
        Assert.Equal("first", Assert.Single(seen.Item.History).Value);

        var bobId = bob.Client.Accounts.WhoAmI().Account;
        await ann.Client.Groups.RemoveAsync(family.Id, bobId);
        Assert.Equal(2ul, ann.Client.Groups.Show(family.Id).Epoch);
        var secret = ann.Client.Items.Add(family.Id, ItemTemplates.Create(ItemType.Note, "after"));
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(secret, TimeSpan.FromSeconds(10))).State);
        await bob.Client.Sync.SyncAsync();
        Assert.DoesNotContain(bob.Client.Groups.List(), group => group.Id == family.Id);
        Assert.DoesNotContain(bob.Client.Items.List(family.Id), found => found.Item.Title == "after");
        Assert.Equal(FreshnessState.Polling, ann.Client.Sync.Status(family.Id).State);
    });

    [Fact]
    public Task A_change_reaches_the_other_device_by_the_stream() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        ann.Client.Sync.Start();
        bob.Client.Sync.Start();
        var family = await ann.Client.Groups.CreateAsync("family");
        var invite = await ann.Client.Groups.InviteAsync(family.Id, Role.Editor);
        await bob.Client.Groups.JoinAsync(invite.Code);
        var joined = await bob.Client.Groups.WaitForJoinAsync(family.Id, TimeSpan.FromSeconds(20));
        Assert.NotNull(joined);

        var seen = new TaskCompletionSource();
        bob.Client.Sync.Changed += group =>
        {
            if (group == family.Id && bob.Client.Items.List(family.Id).Count > 0)
            {
                seen.TrySetResult();
            }
        };
        ann.Client.Items.Add(family.Id, ItemTemplates.Create(ItemType.Note, "hello"));
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(bob.Client.Sync.Connection().NotificationsFailing);
        await ann.Client.Sync.StopAsync();
        await bob.Client.Sync.StopAsync();
    });

    [Fact]
    public Task A_second_device_logs_in_and_sees_everything() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var family = await ann.Client.Groups.CreateAsync("family");
        var added = ann.Client.Items.Add(family.Id, ItemTemplates.Create(ItemType.Note, "shared"));
        await ann.Client.Items.WaitAsync(added, TimeSpan.FromSeconds(10));

        await using var phone = TestPerson.New();
        var view = await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        Assert.Equal("Ann", view.Name);
        Assert.Equal("shared", phone.Client.Items.Get(family.Id, added.Item).Item.Title);
        var edit = phone.Client.Items.Edit(family.Id, added.Item, item => item.Notes = "from the phone");
        Assert.Equal(EditState.Saved, (await phone.Client.Items.WaitAsync(edit, TimeSpan.FromSeconds(10))).State);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal("from the phone", ann.Client.Items.Get(family.Id, added.Item).Item.Notes);
        Assert.Equal(2, ann.Client.Accounts.Devices().Count);
    });

    [Fact]
    public Task A_restarted_client_is_locked_syncs_and_unlocks_to_the_same() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var family = await ann.Client.Groups.CreateAsync("family");
        var added = ann.Client.Items.Add(family.Id, ItemTemplates.Create(ItemType.Note, "kept"));
        await ann.RestartAsync();
        Assert.Equal(Accounts.ClientState.Locked, ann.Client.State);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(ClientRefusal.Locked, Assert.Throws<VaultException>(() => ann.Client.Items.List(family.Id)).Refusal);
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal("kept", ann.Client.Items.Get(family.Id, added.Item).Item.Title);
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, TimeSpan.FromSeconds(10))).State);
        Assert.Equal(["personal", "family"], ann.Client.Groups.List().Select(group => group.Name));
    });

    [Fact]
    public Task A_new_member_reads_what_was_written_before_a_rotation() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        await using var cyd = await TestPerson.RegisterAsync(relay, "Cyd");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        var old = ann.Client.Items.Add(family, ItemTemplates.Create(ItemType.Note, "old"));
        await ann.Client.Items.WaitAsync(old, TimeSpan.FromSeconds(10));
        await bob.Client.Groups.JoinAsync((await ann.Client.Groups.InviteAsync(family, Role.Editor)).Code);
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Groups.RemoveAsync(family, bob.Client.Accounts.WhoAmI().Account);
        await cyd.Client.Groups.JoinAsync((await ann.Client.Groups.InviteAsync(family, Role.Editor)).Code);
        await ann.Client.Sync.SyncAsync();
        await cyd.Client.Sync.SyncAsync();
        var seen = cyd.Client.Items.Get(family, old.Item);
        Assert.Null(seen.Damage);
        Assert.Equal("old", seen.Item.Title);
        Assert.Equal("family", cyd.Client.Groups.Show(family).Name);
        await cyd.RestartAsync();
        await cyd.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal("old", cyd.Client.Items.Get(family, old.Item).Item.Title);
    });

    [Fact]
    public Task A_bulk_of_edits_goes_in_several_commits_and_none_is_lost() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var group = ann.Client.Groups.Find("personal").Id;
        AcceptedEdit? last = null;
        for (var i = 0; i < 300; i++)
        {
            last = ann.Client.Items.Add(group, ItemTemplates.Create(ItemType.Note, $"note {i}"));
        }

        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(last!, TimeSpan.FromSeconds(30))).State);
        Assert.Empty(ann.Client.Items.Outbox());
        Assert.Equal(300, ann.Client.Items.List(group).Count);
    });
}
