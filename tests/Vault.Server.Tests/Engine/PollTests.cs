using Vault.Protocol.V1;
using Vault.Server.Stores;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>The poll shares nothing with the path that it watches, and says nothing that it cannot know.</summary>
public sealed class PollTests
{
    [Fact]
    public void A_poll_reads_the_store_whatever_the_tail_has_published() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var watching = world.Watch(session, (circle.Id, circle.Token));
        await world.PassAsync(TimeSpan.FromSeconds(1));
        var hang = new TaskCompletionSource();
        world.Store.OnChanges = async changes =>
        {
            await hang.Task;
            return changes;
        };
        await world.PushAsync(session, circle.Put(owner));
        Assert.Equal(circle.State.Head.ToGroupHead(), Assert.Single((await world.HeadsAsync(session)).Heads).Head);
        Assert.Empty(watching.Commits);
        hang.SetResult();
    });

    [Fact]
    public void A_relay_that_cannot_write_confirms_nothing_and_does_again_once_it_can() => Run(async world =>
    {
        var (_, session, circle) = await world.FoundAsync();
        world.Store.BeforeWrite = _ => throw new StoreUnavailableException("full");
        await world.PassAsync(TimeSpan.FromSeconds(7));
        await RefusedAsync(FaultCode.StoreUnavailable, () => world.HeadsAsync(session));
        await RefusedAsync(FaultCode.StoreUnavailable, () => world.PullAsync(session, circle.Id));
        world.Store.BeforeWrite = null;
        await world.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Single((await world.HeadsAsync(session)).Heads);
    });
}
