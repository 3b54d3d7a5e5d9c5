using Vault.Client.Groups;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Whoever follows the groups gets each commit once and in order, each change of state, and says so when it was passed over.</summary>
public sealed class ChangeFeedTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);
    private static readonly Dictionary<GroupId, ulong> Nowhere = [];

    [Fact]
    public Task Each_commit_comes_once_and_in_order_and_a_reader_goes_on_from_a_position() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await ann.Client.Sync.SyncAsync();
        var personal = Personal(ann);
        var feed = new ChangeFeed(ann.Client.Groups, [], Nowhere);
        var start = Assert.Single(feed.Standing).Status.VerifiedSeq;
        Assert.Empty(feed.Next());
        await AddAsync(ann, "one");
        await AddAsync(ann, "two");
        var commits = feed.Next().OfType<GroupChange.Committed>().Select(change => change.Entry).ToList();
        Assert.Equal([start + 1, start + 2], commits.Select(entry => entry.Seq));
        Assert.All(commits, entry => Assert.Equal("puts", entry.Changes[^1].Kind));
        Assert.Empty(feed.Next().OfType<GroupChange.Committed>());

        var late = new ChangeFeed(ann.Client.Groups, [personal], new Dictionary<GroupId, ulong> { [personal] = start + 1 });
        Assert.Equal(start + 2, Assert.Single(late.Next().OfType<GroupChange.Committed>()).Entry.Seq);
    });

    [Fact]
    public Task A_reader_that_trails_too_far_is_told_what_it_was_passed_over() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await ann.Client.Sync.SyncAsync();
        var feed = new ChangeFeed(ann.Client.Groups, [], Nowhere, trail: 3);
        var start = feed.Standing[0].Status.VerifiedSeq;
        for (var i = 0; i < 5; i++)
        {
            await AddAsync(ann, $"number {i}");
        }

        var changes = feed.Next();
        var skipped = Assert.Single(changes.OfType<GroupChange.Skipped>());
        Assert.Equal((start + 1, start + 2), (skipped.From, skipped.To));
        Assert.Equal([start + 3, start + 4, start + 5], changes.OfType<GroupChange.Committed>().Select(change => change.Entry.Seq));
    });

    [Fact]
    public Task A_new_group_comes_from_its_beginning_and_a_state_when_it_changes() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await ann.Client.Sync.SyncAsync();
        var feed = new ChangeFeed(ann.Client.Groups, [], Nowhere);
        var family = await ann.Client.Groups.CreateAsync("family", "");
        var changes = feed.Next().Where(change => change.Group.Id == family.Id).ToList();
        Assert.Equal(0UL, changes.OfType<GroupChange.Committed>().First().Entry.Seq);
        Assert.Null(Assert.Single(changes.OfType<GroupChange.Stands>()).Before);

        await relay.DownAsync();
        await Assert.ThrowsAsync<VaultException>(() => ann.Client.Sync.SyncAsync());
        var stands = Assert.Single(feed.Next().OfType<GroupChange.Stands>(), change => change.Group.Id == family.Id);
        Assert.Equal(FreshnessState.Offline, stands.Group.Status.State);
        Assert.NotNull(stands.Before);
    });

    [Fact]
    public Task Whoever_is_removed_is_told_by_the_commit_and_by_the_state() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await bob.Client.Groups.JoinAsync((await ann.Client.Groups.InviteAsync(family, Role.Editor)).Code);
        await ann.Client.Sync.SyncAsync();
        await bob.Client.Groups.WaitForJoinAsync(family, Soon);
        var feed = new ChangeFeed(bob.Client.Groups, [], Nowhere);
        Assert.Contains(feed.Standing, group => group.Id == family);
        await ann.Client.Groups.RemoveAsync(family, bob.Client.Accounts.WhoAmI().Account);
        await bob.Client.Sync.SyncAsync();
        var changes = feed.Next().Where(change => change.Group.Id == family).ToList();
        Assert.Contains(changes.OfType<GroupChange.Committed>(), change => change.Entry.Changes.Any(one => one.Kind == "removes"));
        Assert.Equal(FreshnessState.Ended, Assert.Single(changes.OfType<GroupChange.Stands>()).Group.Status.State);
        Assert.DoesNotContain(feed.Next(), change => change.Group.Id == family);
    });

    private static async Task AddAsync(TestPerson person, string title) =>
        await person.Client.Items.WaitAsync(person.Client.Items.Add(Personal(person), Login(title)), Soon);
}
