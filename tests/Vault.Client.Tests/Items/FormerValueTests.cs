using Microsoft.Data.Sqlite;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Items;

/// <summary>A member who writes junk or deletes everything, while this device is locked and cannot look, destroys nothing here.</summary>
public sealed class FormerValueTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Month = TimeSpan.FromDays(31);

    [Fact]
    public Task An_item_that_does_not_open_is_shown_damaged_beside_its_last_good_value() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var time = new ShiftedTime();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", TestPerson.Seams() with { Time = time });
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var added = await AddAsync(ann, "good");
        using var rogue = await RogueDevice.TakeAsync(phone);
        await ann.RestartAsync();
        await rogue.PutJunkAsync(added.Group, added.Item);
        await rogue.PutJunkAsync(added.Group, added.Item);
        await ann.Client.Sync.SyncAsync();
        time.Shift = Month;
        await ann.RestartAsync();
        await ann.Client.Sync.SyncAsync();

        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        var seen = ann.Client.Items.Get(added.Group, added.Item);
        Assert.Equal(FaultCode.DamagedItem, seen.Damage?.Code);
        Assert.Equal("good", seen.Item.Title);
        Assert.Contains(ann.Client.Items.List(added.Group), item => item.Damage is not null && item.Item.Title == "good");

        // An edit of it goes beside the damaged one, which others may still read.
        await ann.Client.Items.WaitAsync(ann.Client.Items.Edit(added.Group, added.Item, item => item.Notes = "mine"), Soon);
        Assert.Contains(ann.Client.Items.List(added.Group), item => item.Damage is null && item.Item is { Title: "good", Notes: "mine" });
    });

    [Fact]
    public Task A_value_is_dropped_once_it_had_its_time_and_the_newer_one_opens() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var time = new ShiftedTime();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", TestPerson.Seams() with { Time = time });
        var added = await AddAsync(ann, "first");
        await ann.Client.Items.WaitAsync(ann.Client.Items.Edit(added.Group, added.Item, item => item.Title = "second"), Soon);
        await ReopenAsync(ann);
        Assert.Equal(2, Blobs(ann));
        time.Shift = Month;
        await ReopenAsync(ann);
        Assert.Equal(1, Blobs(ann));
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal("second", ann.Client.Items.Get(added.Group, added.Item).Item.Title);
    });

    [Fact]
    public Task What_a_member_deleted_stays_readable_for_a_month() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var time = new ShiftedTime();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", TestPerson.Seams() with { Time = time });
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var added = await AddAsync(ann, "one");
        _ = await AddAsync(ann, "two");
        await ann.RestartAsync();
        await phone.Client.Sync.SyncAsync();
        foreach (var item in phone.Client.Items.List(added.Group))
        {
            await phone.Client.Items.WaitAsync(phone.Client.Items.Delete(added.Group, item.Id), Soon);
        }

        await ann.Client.Sync.SyncAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Empty(ann.Client.Items.List(added.Group));
        Assert.Equal(["one", "two"], ann.Client.Items.Deleted(added.Group).Select(item => item.Item.Title));
        time.Shift = Month;
        await ReopenAsync(ann);
        Assert.Equal(0, Blobs(ann));
    });

    [Fact]
    public Task Whoever_writes_without_end_fills_no_disk_and_displaces_no_last_good_value() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var added = await AddAsync(ann, "good");
        using var rogue = await RogueDevice.TakeAsync(phone);
        ann.FormerValueBytes = 4_096;
        await ann.RestartAsync();
        for (var i = 0; i < 20; i++)
        {
            await rogue.PutJunkAsync(added.Group, added.Item);
            await ann.Client.Sync.SyncAsync();
        }

        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal("good", ann.Client.Items.Get(added.Group, added.Item).Item.Title);
        await ann.Client.DisposeAsync();
        Assert.InRange(Blobs(ann), 2, 11);
    });

    [Fact]
    public Task Whoever_writes_much_displaces_what_they_wrote_themselves() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await JoinAsync(ann, family, bob);
        var precious = await AddAsync(ann, "precious", family);
        ann.FormerValueBytes = 1 << 20;
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await bob.Client.Sync.SyncAsync();
        await bob.Client.Items.WaitAsync(bob.Client.Items.Delete(family, precious.Item), Soon);
        for (var i = 0; i < 4; i++)
        {
            var junk = await AddAsync(bob, $"junk {i}", family, 400 << 10);
            await ann.Client.Sync.SyncAsync();
            await bob.Client.Items.WaitAsync(bob.Client.Items.Delete(family, junk.Item), Soon);
            await ann.Client.Sync.SyncAsync();
        }

        // Bob's own oldest went, Ann's older one stayed.
        var kept = ann.Client.Items.Deleted(family).Select(item => item.Item.Title).ToList();
        Assert.Contains("precious", kept);
        Assert.DoesNotContain("junk 0", kept);
    });

    // Under a newer epoch the same bytes open for nobody; under the old one they are newer than what was looked at last.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Putting_a_value_again_before_junk_takes_no_last_good_value_away(bool startEpoch) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var time = new ShiftedTime();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", TestPerson.Seams() with { Time = time });
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var added = await AddAsync(ann, "good");
        using var rogue = await RogueDevice.TakeAsync(phone);
        await ann.RestartAsync();
        await rogue.PutAgainAsync(added.Group, added.Item, startEpoch);
        await rogue.PutJunkAsync(added.Group, added.Item);
        await ann.Client.Sync.SyncAsync();
        time.Shift = Month;
        await ann.RestartAsync();
        await rogue.PutJunkAsync(added.Group, added.Item);
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        var seen = ann.Client.Items.Get(added.Group, added.Item);
        Assert.Equal(FaultCode.DamagedItem, seen.Damage?.Code);
        Assert.Equal("good", seen.Item.Title);
    });

    [Fact]
    public Task A_value_put_again_under_a_newer_epoch_is_damaged_on_a_device_that_had_opened_it_too() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var added = await AddAsync(ann, "good");
        using var rogue = await RogueDevice.TakeAsync(phone);
        ann.FormerValueBytes = 4_096;
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Null(ann.Client.Items.Get(added.Group, added.Item).Damage);
        await rogue.PutAgainAsync(added.Group, added.Item, startEpoch: true);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FaultCode.DamagedItem, ann.Client.Items.Get(added.Group, added.Item).Damage?.Code);
        for (var i = 0; i < 6; i++)
        {
            var junk = await rogue.PutNewAsync(added.Group, 2_048);
            await ann.Client.Sync.SyncAsync();
            await rogue.DeleteAsync(added.Group, ItemId.Parse(junk.Body.Puts[0].Item.Span));
            await ann.Client.Sync.SyncAsync();
        }

        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Assert.Equal("good", ann.Client.Items.Get(added.Group, added.Item).Item.Title);
    });

    [Fact]
    public Task Putting_what_another_wrote_again_makes_it_no_part_of_ones_own_flood() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await JoinAsync(ann, family, bob);
        var precious = await AddAsync(ann, "precious", family);
        ann.FormerValueBytes = 1 << 20;
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        using var rogue = await RogueDevice.TakeAsync(bob);
        await rogue.PutAgainAsync(family, precious.Item);
        await rogue.DeleteAsync(family, precious.Item);
        for (var i = 0; i < 4; i++)
        {
            var junk = await rogue.PutNewAsync(family, 512 << 10);
            await ann.Client.Sync.SyncAsync();
            await rogue.DeleteAsync(family, ItemId.Parse(junk.Body.Puts[0].Item.Span));
            await ann.Client.Sync.SyncAsync();
        }

        Assert.Equal("precious", Assert.Single(ann.Client.Items.Deleted(family)).Item.Title);
    });

    private static async Task<AcceptedEdit> AddAsync(TestPerson person, string title, GroupId? group = null, int notes = 0)
    {
        var item = ItemTemplates.Create(ItemType.Login, title);
        ItemTemplates.Set(item, "password", "secret");
        item.Notes = new string('n', notes);
        var added = person.Client.Items.Add(group ?? person.Client.Groups.Find("personal").Id, item);
        Assert.Equal(EditState.Saved, (await person.Client.Items.WaitAsync(added, Soon)).State);
        return added;
    }

    private static async Task JoinAsync(TestPerson owner, GroupId group, TestPerson joiner)
    {
        await joiner.Client.Groups.JoinAsync((await owner.Client.Groups.InviteAsync(group, Role.Editor)).Code);
        await owner.Client.Sync.SyncAsync();
        await joiner.Client.Sync.SyncAsync();
        await joiner.Client.Sync.SyncAsync();
    }

    // An unlock looks through what is kept; closed again, so that the file can be read.
    private static async Task ReopenAsync(TestPerson person)
    {
        await person.RestartAsync();
        await person.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await person.Client.DisposeAsync();
    }

    private static long Blobs(TestPerson person)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(person.Home, "replica.sqlite")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM blob";
        return (long)command.ExecuteScalar()!;
    }
}
