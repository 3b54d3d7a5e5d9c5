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

    private static ulong Position(Google.Protobuf.ByteString token) => ChangeToken.TryParse(token, out var parsed) ? parsed.Head.Seq : 0;
}
