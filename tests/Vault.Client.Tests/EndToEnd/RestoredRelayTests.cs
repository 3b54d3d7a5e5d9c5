using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>A relay restored from an old backup gets back what it lost, with the blobs, from whoever has it.</summary>
public sealed class RestoredRelayTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task A_device_that_never_saw_the_superseded_values_gives_everything_back() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        await using var tablet = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await tablet.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var group = ann.Client.Groups.Find("personal").Id;
        var first = await AddAsync(ann, group, "v0");
        await relay.DownAsync();
        var backup = relay.Backup();
        await relay.UpAsync();
        for (var i = 1; i <= 5; i++)
        {
            var title = $"v{i}";
            await ann.Client.Items.WaitAsync(ann.Client.Items.Edit(group, first.Item, item => item.Title = title), Soon);
        }

        _ = await AddAsync(ann, group, "new");
        await phone.Client.Sync.SyncAsync();
        await ann.Client.DisposeAsync();
        await relay.DownAsync();
        relay.Restore(backup);
        await relay.UpAsync();

        // The phone pulled the five edits in one page, with the last value alone.
        await phone.Client.Sync.SyncAsync();
        await phone.Client.Sync.SyncAsync();
        Assert.Null(phone.Client.Sync.Status(group).Fault);
        await tablet.Client.Sync.SyncAsync();
        Assert.Equal(0, tablet.Client.Sync.Status(group).MissingBlobs);
        Assert.Equal(["new", "v5"], tablet.Client.Items.List(group).Select(item => item.Item.Title));
    });

    [Fact]
    public Task A_commit_that_filled_its_call_is_given_back_whole_outside_a_recovery_window() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        var group = ann.Client.Groups.Find("personal").Id;
        _ = await AddAsync(ann, group, "first");
        await relay.DownAsync();
        var backup = relay.Backup();

        // The first is signed when it is accepted; the others then wait, and go in one commit with 3.5 MiB of blobs.
        ann.Client.Items.Add(group, ItemTemplates.Create(ItemType.Note, "alone"));
        ann.Client.Items.Add(group, Large("a", 900));
        ann.Client.Items.Add(group, Large("b", 900));
        ann.Client.Items.Add(group, Large("c", 400));
        var last = ann.Client.Items.Add(group, Large("d", 900));
        await relay.UpAsync();
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(last, Soon)).State);
        var seq = ann.Client.Sync.Status(group).VerifiedSeq;
        await relay.DownAsync();
        relay.Restore(backup);
        await relay.UpAsync();

        await ann.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Null(ann.Client.Sync.Status(group).Fault);
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(seq, phone.Client.Sync.Status(group).VerifiedSeq);
        Assert.Equal(0, phone.Client.Sync.Status(group).MissingBlobs);
        Assert.Equal(["a", "alone", "b", "c", "d", "first"], phone.Client.Items.List(group).Select(item => item.Item.Title).Order(StringComparer.Ordinal));
    });

    private static Item Large(string title, int kibibytes)
    {
        var item = ItemTemplates.Create(ItemType.Note, title);
        item.Notes = new string('n', kibibytes << 10);
        return item;
    }

    private static async Task<AcceptedEdit> AddAsync(TestPerson person, Core.Ids.GroupId group, string title)
    {
        var added = person.Client.Items.Add(group, ItemTemplates.Create(ItemType.Note, title));
        Assert.Equal(EditState.Saved, (await person.Client.Items.WaitAsync(added, Soon)).State);
        return added;
    }
}
