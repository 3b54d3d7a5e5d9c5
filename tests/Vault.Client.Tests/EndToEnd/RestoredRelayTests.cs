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
        var backup = await relay.BackupAsync();
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

    private static async Task<AcceptedEdit> AddAsync(TestPerson person, Core.Ids.GroupId group, string title)
    {
        var added = person.Client.Items.Add(group, ItemTemplates.Create(ItemType.Note, title));
        Assert.Equal(EditState.Saved, (await person.Client.Items.WaitAsync(added, Soon)).State);
        return added;
    }
}
