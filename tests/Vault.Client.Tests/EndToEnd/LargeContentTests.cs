using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Items as large as they may be: what does not fit into one message goes in several, and holds up nothing behind it.</summary>
public sealed class LargeContentTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task Large_items_changed_on_both_sides_go_in_as_many_commits_as_it_takes() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var group = ann.Client.Groups.Find("personal").Id;
        var one = ann.Client.Items.Add(group, Note("one", 700));
        var two = ann.Client.Items.Add(group, Note("two", 700));
        await ann.Client.Items.WaitAsync(two, Soon);
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await phone.Client.Sync.SyncAsync();
        foreach (var item in new[] { one.Item, two.Item })
        {
            await phone.Client.Items.WaitAsync(phone.Client.Items.Edit(group, item, made => made.Notes = "phone" + made.Notes), Soon);
            ann.Client.Items.Edit(group, item, made => made.Notes = "laptop" + made.Notes);
        }

        // Merged, each is two blobs: itself and the conflict copy. Four of them are more than one push carries.
        var small = ann.Client.Items.Add(group, Note("small", 1));
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(small, Soon)).State);
        Assert.Empty(ann.Client.Items.Outbox());
        await phone.Client.Sync.SyncAsync();
        foreach (var client in new[] { ann.Client, phone.Client })
        {
            Assert.Null(client.Sync.Status(group).Fault);
            Assert.Equal(5, client.Items.List(group).Count);
            Assert.All([one.Item, two.Item], item => Assert.StartsWith("laptop", client.Items.Get(group, item).Item.Notes, StringComparison.Ordinal));
            Assert.Equal(2, client.Items.List(group).Count(item => item.ConflictOf is not null && item.Item.Notes.StartsWith("phone", StringComparison.Ordinal)));
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_restored_relay_gets_back_more_than_one_message_holds(bool window) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var group = ann.Client.Groups.Find("personal").Id;
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, Note("one", 1)), Soon);
        await relay.DownAsync();
        var backup = relay.Backup();
        AcceptedEdit last = null!;
        foreach (var (title, kib) in new[] { ("a", 1), ("b", 900), ("c", 900), ("d", 400), ("e", 900), ("f", 900) })
        {
            last = ann.Client.Items.Add(group, Note(title, kib));
        }

        await relay.UpAsync();
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(last, Soon)).State);
        relay.RecoveryWindow = window;
        await relay.DownAsync();
        relay.Restore(backup);
        await relay.UpAsync();
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        if (window)
        {
            // While it is open nobody logs in by password.
            await relay.CloseWindowAsync();
        }

        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(0, phone.Client.Sync.Status(group).MissingBlobs);
        Assert.Equal(["a", "b", "c", "d", "e", "f", "one"], phone.Client.Items.List(group).Select(item => item.Item.Title));
    });

    [Fact]
    public Task A_commit_that_brought_as_much_as_a_push_takes_is_given_back_in_one_call() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var group = ann.Client.Groups.Find("personal").Id;
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, Note("one", 1)), Soon);
        var backup = await relay.BackupAsync();
        using (var other = await RogueDevice.TakeAsync(phone))
        {
            await other.PutNewAsync(group, Limits.BlobBytesMax, Limits.BlobBytesMax, Limits.BlobBytesMax, 512 << 10);
        }

        await ann.Client.Sync.SyncAsync();
        Assert.Equal(0, ann.Client.Sync.Status(group).MissingBlobs);
        await relay.DownAsync();
        relay.Restore(backup);
        await relay.UpAsync();
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Null(ann.Client.Sync.Status(group).Fault);
        await using var tablet = TestPerson.New();
        await tablet.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await tablet.Client.Sync.SyncAsync();
        Assert.Equal((ann.Client.Sync.Status(group).VerifiedSeq, 0), (tablet.Client.Sync.Status(group).VerifiedSeq, tablet.Client.Sync.Status(group).MissingBlobs));
    });

    private static Item Note(string title, int kib)
    {
        var item = ItemTemplates.Create(ItemType.Note, title);
        item.Notes = new string('n', kib << 10);
        return item;
    }
}
