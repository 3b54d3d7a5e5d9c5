using Vault.Core;
using Vault.Protocol.V1;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>What a stream says while memberships change under it.</summary>
public sealed class WatchMembershipTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void W11_who_is_removed_while_the_stream_opens_hears_of_nothing_after() => Run(async world =>
    {
        var (owner, session, first) = await world.FoundAsync();
        var (member, theirs) = await world.AddAsync(session, owner, first, Role.Editor);
        var second = new Circle(world.Random, owner);
        await world.PushAsync(session, second.Push(second.Commits));
        await world.PushAsync(session, second.Add(owner, member, Role.Editor));
        Circle[] circles = [first, second];

        // The stream knows of both memberships and is reading the one group when both end: of the other it is not told by the tail.
        var reading = new TaskCompletionSource();
        var held = reading;
        world.Store.BeforeReadFor = () =>
        {
            var wait = held;
            held = null;
            return wait?.Task ?? Task.CompletedTask;
        };
        var stream = world.Watch(theirs, [.. circles.Select(circle => (circle.Id, circle.Token))]);
        await world.PassAsync(s_tick);
        Assert.Null(held);
        foreach (var circle in circles)
        {
            await world.PushAsync(session, circle.Remove(owner, member, owner));
        }

        await world.PassAsync(s_tick);
        reading.SetResult();
        await world.PassAsync(s_tick);
        foreach (var circle in circles)
        {
            var end = circle.State.Head;
            await world.PushAsync(session, circle.Put(owner));
            await world.PassAsync(s_tick);
            var told = stream.Commits.Where(hint => hint.Group == circle.Id.ToByteString()).Select(hint => Position(hint.Token))
                .Concat(stream.Moves.Where(hint => hint.Group == circle.Id.ToByteString()).Select(hint => hint.Head.Seq)).ToList();
            Assert.Equal(end.Seq, told.Max());
        }
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void W12_who_is_removed_and_added_again_in_one_reading_goes_on_from_where_the_stream_was(bool named) => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (member, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
        var stream = named ? world.Watch(theirs, (circle.Id, circle.Token)) : world.Watch(theirs);
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        var (before, told) = ((int)circle.State.Head.Seq, stream.Seen.Count);
        await world.PushAsync(session, Together(
            circle, circle.Remove(owner, member, owner), circle.Put(owner), circle.Add(owner, member, Role.Editor)));
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);

        // Nothing is left out, and nothing said that it was over.
        Assert.Equal(Enumerable.Range(before + 1, 4).Select(seq => (int?)seq), stream.Seen.Skip(told).Select(Inline));
    });

    [Fact]
    public void W11_W12_who_is_removed_added_and_removed_in_one_reading_hears_up_to_the_last_end() => Run(async world =>
    {
        // Seed 8098: a suffix that is given back holds all of it.
        var (owner, session, circle) = await world.FoundAsync();
        var (member, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
        var stream = world.Watch(theirs);
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        var (before, told) = ((int)circle.State.Head.Seq, stream.Seen.Count);
        PushRequest[] pushes = [circle.Remove(owner, member, owner), circle.Add(owner, member, Role.Editor), circle.Remove(owner, member, owner)];
        var end = (int)circle.State.Head.Seq;
        await world.PushAsync(session, Together(circle, [.. pushes, circle.Put(owner)]));
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        Assert.Equal(Enumerable.Range(before + 1, end - before).Select(seq => (int?)seq), stream.Seen.Skip(told).Select(Inline));
    });

    [Fact]
    public void W12_who_was_told_of_the_end_and_is_added_again_hears_the_head_first() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (member, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
        var stream = world.Watch(theirs);

        // Another member's stream keeps the group watched, so the tail knows from where it would go on.
        world.Watch(session);
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        await world.PushAsync(session, circle.Remove(owner, member, owner));
        await world.PassAsync(s_tick);
        var told = stream.Seen.Count;
        await world.PushAsync(session, circle.Add(owner, member, Role.Editor));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.State.Head.ToGroupHead(), Assert.Single(stream.Seen.Skip(told)).HeadMoved?.Head);
        await world.PushAsync(session, circle.Put(owner));
        await world.PassAsync(s_tick);
        Assert.Equal(circle.Token, stream.Seen[^1].Commit?.Token);
    });

    // One transaction, so one reading of the tail.
    private static PushRequest Together(Circle circle, params PushRequest[] pushes)
    {
        var together = circle.Push(pushes.SelectMany(push => push.Commits));
        together.Blobs.Add(pushes.SelectMany(push => push.Blobs));
        return together;
    }

    // Null: the hint is no commit.
    private static int? Inline(WatchResponse hint) => hint.Commit is { } commit ? (int)Position(commit.Token) : null;

    private static ulong Position(Google.Protobuf.ByteString token) => ChangeToken.TryParse(token, out var parsed) ? parsed.Head.Seq : 0;
}
