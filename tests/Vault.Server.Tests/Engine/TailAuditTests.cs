using Vault.Protocol.V1;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>The tail's map of published heads against the store, on another path than the tail's.</summary>
public sealed class TailAuditTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_tail_that_hangs_shows_within_a_minute_and_watchers_get_the_head_after_all() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var watching = world.Watch(session, (circle.Id, circle.Token));
        await world.PassAsync(s_minute);
        var hang = new TaskCompletionSource();
        world.Store.OnChanges = async changes =>
        {
            await hang.Task;
            return changes;
        };
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_minute);
        Assert.Equal(1, world.Relay.MissedHeads);
        Assert.Equal(circle.State.Head.ToGroupHead(), Assert.Single(watching.Moves).Head);
        Assert.Empty(watching.Commits);

        world.Store.OnChanges = null;
        hang.SetResult();
        await world.PassAsync(s_minute);
        Assert.Equal(1, world.Relay.MissedHeads);
        Assert.Single(watching.Moves);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_minute);
        Assert.Equal(circle.State.Head.Seq, watching.Commits.Select(commit => GroupBody.Parser.ParseFrom(commit.Record.Commit.Body).Seq).Last());
        Assert.Equal(1, world.Relay.MissedHeads);
    });

    [Fact]
    public void A_head_that_the_tail_passed_over_is_found_though_the_tail_goes_on() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var watching = world.Watch(session, (circle.Id, circle.Token));
        await world.PassAsync(s_minute);
        world.Store.OnChanges = changes => Task.FromResult(changes with { Groups = [] });
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(TimeSpan.FromSeconds(1));
        world.Store.OnChanges = null;
        // One that comes now reads the head from the store, and does not pay what the tail owes to the first.
        var late = world.Watch(session, (circle.Id, circle.Token));
        await world.PassAsync(s_minute);
        Assert.Equal(1, world.Relay.MissedHeads);
        Assert.Equal(circle.State.Head.ToGroupHead(), Assert.Single(watching.Moves).Head);
        Assert.Empty(late.Moves);
    });

    [Fact]
    public void What_the_audit_publishes_ends_for_a_former_member_with_the_membership() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (other, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
        await world.PassAsync(s_minute);
        var watching = world.Watch(theirs, (circle.Id, circle.Token));
        await world.PassAsync(s_minute);
        world.Store.OnChanges = changes => Task.FromResult(changes with { Groups = [], Memberships = [] });
        await world.PushAsync(session, circle.Remove(owner, other, owner));
        var ended = circle.State.Head.ToGroupHead();
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_minute);
        Assert.Equal(ended, Assert.Single(watching.Moves).Head);
        Assert.Empty(watching.Commits);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_minute);
        Assert.Single(watching.Moves);
    });

    [Fact]
    public void A_defect_in_the_tail_costs_one_turn_and_not_the_tail() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var watching = world.Watch(session, (circle.Id, circle.Token));
        await world.PassAsync(s_minute);
        world.Store.OnChanges = _ => throw new InvalidOperationException("staged");
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(TimeSpan.FromMilliseconds(200));
        Assert.Empty(watching.Commits);
        world.Store.OnChanges = null;
        await world.PassAsync(TimeSpan.FromSeconds(1.5));
        Assert.Single(watching.Commits);
        Assert.Equal(0, world.Relay.MissedHeads);
        Assert.Equal("staged", (await Assert.ThrowsAsync<InvalidOperationException>(world.Relay.StopAsync)).Message);
    });

    [Fact]
    public void A_tail_that_works_is_not_complained_of() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        world.Watch(session, (circle.Id, circle.Token));
        world.Watch(session);
        var item = Core.Ids.ItemId.Parse(world.Random.Bytes(16));
        for (var second = 0; second < 60; second++)
        {
            await world.PushAsync(session, circle.Put(owner, item));
            await world.PassAsync(TimeSpan.FromMilliseconds(990));
        }

        Assert.Equal(0, world.Relay.MissedHeads);
    });

    [Fact]
    public void A_device_cannot_make_up_misses_by_the_thousand() => Run(async world =>
    {
        var (_, session, _) = await world.FoundAsync();
        for (var call = 0; call < 100; call++)
        {
            await world.Relay.Groups.HeadsAsync(session, new HeadsRequest { MissedHints = uint.MaxValue }, default);
        }

        // One group, so one head a poll; three polls at once are believed.
        Assert.Equal(3, world.Relay.MissedHints);
        await world.PassAsync(TimeSpan.FromSeconds(10));
        await world.Relay.Groups.HeadsAsync(session, new HeadsRequest { MissedHints = 1 }, default);
        Assert.Equal(4, world.Relay.MissedHints);
    });
}
