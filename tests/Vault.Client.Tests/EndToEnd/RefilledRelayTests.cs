using Vault.Client.Accounts;
using Vault.Client.Items;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>A relay that lost everything is filled again by its members' devices, and nobody does anything for it.</summary>
public sealed class RefilledRelayTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task An_emptied_relay_is_filled_by_whoever_comes_first_locked_or_not_and_loses_nobody() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        for (var i = 0; i < 4; i++)
        {
            await AddAsync(ann, family, $"early {i}");
        }

        await JoinAsync(ann, ben, family);
        await AddAsync(ben, family, "Ben's");
        await AddAsync(ann, Personal(ann), "Ann's own");
        await ann.Client.Sync.SyncAsync();

        relay.IsClosed = true;
        await relay.LoseAsync();

        // Ben was not there at the beginning, and is locked.
        await ben.RestartAsync();
        await ben.Client.Sync.SyncAsync();
        Assert.All(await ben.Client.Sync.SyncAsync(), group => Assert.Equal(FreshnessState.Polling, group.Status.State));
        var waits = ann.Client.Items.Add(family, Login("waits"));
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(1, ann.Client.Sync.Status(family).Pending);
        Assert.Equal(FreshnessState.Polling, ann.Client.Sync.Status(Personal(ann)).State);
        await relay.CloseWindowAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(waits, Soon)).State);

        // A device without memory finds the locker and everything.
        await using var tablet = TestPerson.New();
        await tablet.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await tablet.Client.Sync.SyncAsync();
        Assert.Equal(["Ben's", "early 0", "early 1", "early 2", "early 3", "waits"], Titles(tablet, family));
        Assert.Equal(["Ann's own"], Titles(tablet, Personal(tablet)));
        Assert.Equal(0, tablet.Client.Sync.Status(family).MissingBlobs);
    });

    [Fact]
    public Task Who_left_brings_the_leave_that_only_they_know_of_and_is_no_member_again() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await JoinAsync(ann, ben, family);
        await AddAsync(ben, family, "Ben's");
        await ann.Client.Sync.SyncAsync();
        await ben.Client.Groups.LeaveAsync(family);

        // The first to return does not know of it.
        await relay.LoseAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(2, ann.Client.Groups.Members(family).Count);
        await ben.RestartAsync();
        await ben.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Single(ann.Client.Groups.Members(family));
        Assert.Equal(["Ben's"], Titles(ann, family));
    });

    [Fact]
    public Task Who_was_added_last_brings_the_add_that_nobody_else_who_returned_knows_of() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        await using var carl = await TestPerson.RegisterAsync(relay, "Carl");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await JoinAsync(ann, carl, family);
        await JoinAsync(ann, ben, family);
        await AddAsync(ben, family, "Ben's");

        // Carl has not read it, and Ann does not come back.
        await relay.LoseAsync();
        await carl.Client.Sync.SyncAsync();
        Assert.Equal(2, carl.Client.Groups.Members(family).Count);
        await ben.RestartAsync();
        await ben.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Polling, ben.Client.Sync.Status(family).State);
        await carl.Client.Sync.SyncAsync();
        Assert.Equal(3, carl.Client.Groups.Members(family).Count);
        Assert.Equal(["Ben's"], Titles(carl, family));
    });

    [Fact]
    public Task Outside_a_window_nothing_is_given_back_and_the_status_says_what_to_do() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await AddAsync(ann, Personal(ann), "kept");
        await relay.LoseAsync();
        await relay.CloseWindowAsync();
        var edit = ann.Client.Items.Add(Personal(ann), Login("later"));
        var refused = await Assert.ThrowsAsync<VaultException>(() => ann.Client.Sync.SyncAsync());
        Assert.Equal(FaultCode.UnknownAccount, refused.Code);
        Assert.Contains("recovery window", refused.Message, StringComparison.Ordinal);
        Assert.Equal(FaultCode.UnknownAccount, ann.Client.Sync.Connection().Fault?.Code);

        // Known again by registering anew elsewhere is not what happens: the account stays unknown until the operator acts.
        await relay.LoseAsync();
        await ann.Client.Sync.SyncAsync();
        await relay.CloseWindowAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(edit, Soon)).State);
        Assert.Equal(["kept", "later"], Titles(ann, Personal(ann)));
    });

    [Fact]
    public Task Blobs_that_the_first_to_return_lacked_come_from_the_next() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben", liar.Seams());
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await JoinAsync(ann, ben, family);

        // The relay withholds a blob from Ben, and then loses everything.
        liar.Lie = answer =>
        {
            foreach (var record in (answer as PullResponse)?.Commits ?? [])
            {
                record.Blobs.Clear();
            }

            (answer as GetBlobsResponse)?.Blobs.Clear();
        };
        await AddAsync(ann, family, "withheld");
        await ben.Client.Sync.SyncAsync();
        Assert.Equal(1, ben.Client.Sync.Status(family).MissingBlobs);
        await relay.LoseAsync();
        await ben.Client.Sync.SyncAsync();
        liar.Lie = null;
        await ann.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        Assert.Equal(0, ben.Client.Sync.Status(family).MissingBlobs);
        Assert.Equal(["withheld"], Titles(ben, family));
    });

    [Fact]
    public Task A_device_that_was_added_after_the_backup_brings_itself_back() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var backup = await relay.BackupAsync();
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await AddAsync(phone, Personal(phone), "by phone");
        await relay.LoseAsync(backup);
        await phone.Client.Sync.SyncAsync();
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Polling, phone.Client.Sync.Status(Personal(phone)).State);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(2, ann.Client.Accounts.Devices().Count);
        Assert.Equal(["by phone"], Titles(ann, Personal(ann)));
    });

    [Fact]
    public Task No_device_is_added_in_a_window_before_the_holders_of_the_lost_entries_returned() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var backup = await relay.BackupAsync();
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await relay.LoseAsync(backup);

        // An entry on the restored head would be a second one beside the phone's, and the account forked for ever.
        await using var tablet = TestPerson.New();
        var refused = await Assert.ThrowsAsync<VaultException>(() => tablet.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address)));
        Assert.Equal(FaultCode.RecoveryWindow, refused.Code);
        Assert.Equal(ClientState.NoAccount, tablet.Client.State);
        await phone.Client.Sync.SyncAsync();
        await relay.CloseWindowAsync();
        await tablet.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await phone.Client.Sync.SyncAsync();
        Assert.Null(phone.Client.Sync.Connection().Fault);
        Assert.Equal(3, tablet.Client.Accounts.Devices().Count);
    });

    [Fact]
    public Task Who_was_removed_after_the_backup_stays_removed() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await JoinAsync(ann, ben, family);
        var backup = await relay.BackupAsync();
        await ann.Client.Groups.RemoveAsync(family, ben.Client.Accounts.WhoAmI().Account);
        await AddAsync(ann, family, "not for Ben");
        await relay.LoseAsync(backup);

        // Ben's device never saw the removal and comes first.
        await ben.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Polling, ben.Client.Sync.Status(family).State);
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Ended, ben.Client.Sync.Status(family).State);
        Assert.Empty(Titles(ben, family));
        Assert.Equal(["not for Ben"], Titles(ann, family));
    });

    private static string[] Titles(TestPerson person, GroupId group) =>
        [.. person.Client.Items.List(group).Select(item => item.Item.Title).Order(StringComparer.Ordinal)];

    private static async Task JoinAsync(TestPerson by, TestPerson joins, GroupId group)
    {
        var invite = await by.Client.Groups.InviteAsync(group, Role.Editor, "a friend");
        await joins.Client.Groups.JoinAsync(invite.Code);
        await by.Client.Sync.SyncAsync();
        await joins.Client.Sync.SyncAsync();
        await joins.Client.Sync.SyncAsync();
        Assert.Contains(joins.Client.Groups.List(), one => one.Id == group);
    }

    private static async Task AddAsync(TestPerson person, GroupId group, string title)
    {
        var added = person.Client.Items.Add(group, Login(title));
        Assert.Equal(EditState.Saved, (await person.Client.Items.WaitAsync(added, Soon)).State);
    }
}
