using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.ForkedFamily;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Two members bring different suffixes into one recovery window, and the operator picks.</summary>
public sealed class BranchInWindowTests
{
    [Fact]
    public Task The_second_branch_is_brought_picked_and_stands_and_no_edit_of_either_side_is_lost() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var (ann, ben, group, relay) = (family.Ann, family.Ben, family.Group, family.Relay);
        _ = ann.Client.Items.Edit(group, family.Both, item => item.Notes = "made while forked");

        // Ben's device is the first to come, and gives its side back.
        await family.LoseAsync();
        await ben.Client.Sync.SyncAsync();
        await ben.Client.Sync.SyncAsync();
        Assert.Empty(relay.Branches());
        await ann.Client.Sync.SyncAsync();
        var branch = Assert.Single(relay.Branches());
        Assert.Equal((FreshnessState.Forked, 1), (ann.Client.Sync.Status(group).State, ann.Client.Sync.Status(group).Pending));

        // Nothing is picked yet: a restart and another round change nothing, and bring no second branch.
        var bytes = new FileInfo(branch).Length;
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal((FreshnessState.Forked, 1), (ann.Client.Sync.Status(group).State, ann.Client.Sync.Status(group).Pending));
        Assert.Equal(bytes, new FileInfo(Assert.Single(relay.Branches())).Length);

        relay.RecoveryWindow = false;
        await relay.PickAsync(branch);
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal((FreshnessState.Polling, 0), (ann.Client.Sync.Status(group).State, ann.Client.Sync.Status(group).Pending));
        Assert.Equal(["both", "new on Ann's side", "not for Carl"], Titles(ann, group));

        // The other side is the one that sees the fork now; outside a window it brings nothing and adopts.
        await ben.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.Forked, ben.Client.Sync.Status(group).State);
        Assert.Equal(branch, Assert.Single(relay.Branches()));
        await ben.Client.Forks.AdoptRelayAsync(group);
        await ben.Client.Sync.SyncAsync();
        await ann.Client.Sync.SyncAsync();
        foreach (var person in (TestPerson[])[ann, ben])
        {
            Assert.Equal((FreshnessState.Polling, 0), (person.Client.Sync.Status(group).State, person.Client.Sync.Status(group).MissingBlobs));
            Assert.Equal(["both", "new on Ann's side", "new on Ben's side", "not for Carl"], Titles(person, group));
            var both = person.Client.Items.Get(group, family.Both).Item;
            Assert.Equal(("by Ann", "by Ben", "made while forked"), (Field(both, "username"), Field(both, "password"), both.Notes));
        }

        // What was brought stands, blobs and all, for a device that sees the group first now.
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await phone.Client.Sync.SyncAsync();
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(Titles(ann, group), Titles(phone, group));
    });

    [Fact]
    public Task Outside_a_window_the_fork_stays_as_it_was_and_a_window_opened_later_gets_the_branch_of_a_locked_device_too() => Pumped.RunAsync(async () =>
    {
        await using var family = await MakeAsync();
        var (ann, group, relay) = (family.Ann, family.Group, family.Relay);
        await ann.Client.Sync.SyncAsync();
        Assert.Empty(relay.Branches());
        await relay.DownAsync();
        relay.RecoveryWindow = true;
        await relay.UpAsync();
        await ann.RestartAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Single(relay.Branches());
        Assert.Equal(FreshnessState.Forked, ann.Client.Sync.Status(group).State);
        Assert.True(ForkProof.Verify(ann.Client.Forks.Evidence(group)).IsValid);
    });

    private static string[] Titles(TestPerson person, GroupId group) =>
        [.. person.Client.Items.List(group).Select(item => item.Item.Title).Order(StringComparer.Ordinal)];

    private static string Field(Item item, string name) => ItemTemplates.ValueOf(item, name) ?? "";
}
