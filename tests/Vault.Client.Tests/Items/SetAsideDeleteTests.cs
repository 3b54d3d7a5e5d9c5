using Vault.Client.Items;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Items;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.Items;

/// <summary>
/// A delete takes what was seen when it was said, and nothing that came later: not what others wrote, and not what this device wrote
/// after the delete was set aside.
/// </summary>
public sealed class SetAsideDeleteTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task A_delete_that_is_tried_again_before_newer_edits_drops_nothing_that_others_wrote() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        var added = ann.Client.Items.Add(Personal(ann), Login("one"));
        await SavedAsync(ann, added);
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await SetAsync(phone, added, "username", "first");
        var delete = ann.Client.Items.Delete(added.Group, added.Item);
        Assert.Equal(EditState.Quarantined, (await ann.Client.Items.WaitAsync(delete, Soon)).State);

        await SetAsync(phone, added, "password", "by the phone");
        var edit = ann.Client.Items.Edit(added.Group, added.Item, item => ItemTemplates.Set(item, "username", "second"));
        ann.Client.Items.Retry(delete.OpId);
        Assert.Equal("second", ItemTemplates.ValueOf(ann.Client.Items.Get(added.Group, added.Item).Item, "username"));
        await SavedAsync(ann, edit);
        await phone.Client.Sync.SyncAsync();

        foreach (var client in new[] { ann.Client, phone.Client })
        {
            var item = client.Items.Get(added.Group, added.Item).Item;
            Assert.Equal(("second", "by the phone"), (ItemTemplates.ValueOf(item, "username"), ItemTemplates.ValueOf(item, "password")));
        }

        AssertSetAside(ann, delete);
    });

    [Fact]
    public Task A_delete_that_is_tried_again_takes_nothing_that_its_own_author_saved_since() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await ben.Client.Groups.JoinAsync((await ann.Client.Groups.InviteAsync(family, Role.Editor)).Code);
        await ann.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        var added = ben.Client.Items.Add(family, Login("one"));
        await SavedAsync(ben, added);

        // Not for what others wrote: for a role that comes back.
        var account = ben.Client.Accounts.WhoAmI().Account;
        await ann.Client.Groups.SetRoleAsync(family, account, Role.Viewer);
        var delete = ben.Client.Items.Delete(family, added.Item);
        Assert.Equal(EditState.Quarantined, (await ben.Client.Items.WaitAsync(delete, Soon)).State);
        await ann.Client.Groups.SetRoleAsync(family, account, Role.Editor);
        await ben.Client.Sync.SyncAsync();
        await SetAsync(ben, added, "password", "written after the delete");
        ben.Client.Items.Retry(delete.OpId);
        Assert.Equal(EditState.Quarantined, (await ben.Client.Items.WaitAsync(delete, Soon)).State);
        Assert.Equal("written after the delete", ItemTemplates.ValueOf(ben.Client.Items.Get(family, added.Item).Item, "password"));
        AssertSetAside(ben, delete);
    });

    [Fact]
    public Task A_delete_of_a_branch_that_is_given_up_drops_nothing_that_the_other_branch_wrote() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var phone = TestPerson.New();
        await using var tablet = TestPerson.New();
        var added = ann.Client.Items.Add(Personal(ann), Login("one"));
        await SavedAsync(ann, added);
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await tablet.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await ann.Client.Sync.SyncAsync();
        var backup = await relay.BackupAsync();

        // Locked, it learns of the delete while an edit waits that was made before.
        await SavedAsync(phone, phone.Client.Items.Delete(added.Group, added.Item));
        await relay.DownAsync();
        await Assert.ThrowsAsync<VaultException>(() => ann.Client.Sync.SyncAsync());
        ann.Client.Items.Edit(added.Group, added.Item, item => ItemTemplates.Set(item, "username", "by the laptop"));
        await ann.RestartAsync();
        await relay.UpAsync();
        await ann.Client.Sync.SyncAsync();

        await relay.DownAsync();
        relay.Restore(backup);
        await relay.UpAsync();
        await SetAsync(tablet, added, "password", "by the tablet");
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Forked, ann.Client.Sync.Status(added.Group).State);
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await ann.Client.Forks.AdoptRelayAsync(added.Group);

        // What is shown while both wait is what is sent.
        Assert.Equal(2, ann.Client.Items.Outbox().Count);
        AssertBoth();
        await ann.Client.Sync.SyncAsync();
        AssertBoth();
        var delete = Assert.Single(ann.Client.Items.Outbox());
        Assert.Equal((true, FaultCode.Replaces), (delete.IsDelete, delete.Reason?.Code ?? FaultCode.Unspecified));

        void AssertBoth()
        {
            var item = ann.Client.Items.Get(added.Group, added.Item).Item;
            Assert.Equal(("by the laptop", "by the tablet"), (ItemTemplates.ValueOf(item, "username"), ItemTemplates.ValueOf(item, "password")));
        }
    });

    private static void AssertSetAside(TestPerson person, AcceptedEdit delete)
    {
        var listed = Assert.Single(person.Client.Items.Outbox());
        Assert.Equal((delete.OpId, EditState.Quarantined, FaultCode.Replaces), (listed.OpId, listed.State, listed.Reason?.Code ?? FaultCode.Unspecified));
    }

    private static Task SetAsync(TestPerson person, AcceptedEdit added, string field, string value) =>
        SavedAsync(person, person.Client.Items.Edit(added.Group, added.Item, item => ItemTemplates.Set(item, field, value)));

    private static async Task SavedAsync(TestPerson person, AcceptedEdit edit) =>
        Assert.Equal(EditState.Saved, (await person.Client.Items.WaitAsync(edit, Soon)).State);
}
