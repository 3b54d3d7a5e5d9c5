using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Client.Transport;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.Sync;

/// <summary>Dialling anew lets go of all three connections, and waits for nobody's turn.</summary>
public sealed class RedialTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public Task Dialling_anew_ends_the_pause_before_the_streams_next_attempt_and_says_when_it_is_up() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await ann.Client.DisposeAsync();
        var line = new Line { IsStreamCut = true };
        using var core = new ClientCore(new ClientOptions { HomeDirectory = ann.Home }, line.Seams() with { Time = new StandingTime() });
        core.Open();
        ReplicaLoader.Load(core);
        var witnesses = new Witnesses(core);
        var attester = new Attester(core, witnesses);
        using var poller = new Poller(core, attester, witnesses);
        var applier = new CommitApplier(core, new SavedEdits(), new FormerValues(core));
        var watcher = new Watcher(core, new GroupPuller(core, applier, new BlobFetcher(core), new SuffixPusher(core)), attester, new Prober(core, poller));
        using var ending = new CancellationTokenSource();
        var running = watcher.RunAsync(ending.Token);
        using var deadline = new CancellationTokenSource(Soon);
        while (core.StreamFailure is null)
        {
            Assert.False(deadline.IsCancellationRequested);
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }

        // The pause after the failure lasts for ever here.
        line.IsStreamCut = false;
        await new LinkRedial(core, poller, watcher).RedialAsync(CancellationToken.None).WaitAsync(Soon);
        Assert.NotNull(core.StreamSince);
#pragma warning disable CA1849 // CancelAsync leaves the pump.
        ending.Cancel();
#pragma warning restore CA1849
        await running.WaitAsync(Soon);
    });

    [Fact]
    public Task After_sleep_no_connection_is_used_that_was_dialled_before_it() => ContractScene.RunAsync(async scene =>
    {
        await scene.StartAsync();
        await AddAsync(scene, "before");
        var before = scene.Line.Dialled.ToLookup(use => use);
        scene.Clocks.Sleep(TimeSpan.FromSeconds(3));

        // Not until it is live: what was asked for before the sleep was noticed proves something too, on an old connection.
        ConnectionUse[] atOnce = [ConnectionUse.Poll, ConnectionUse.Watch];
        await scene.UntilAsync(() => atOnce.All(use => scene.Line.Dialled.Count(dialled => dialled == use) > before[use].Count()));
        await AddAsync(scene, "after");
        var after = scene.Line.Dialled.ToLookup(use => use);
        Assert.All(Enum.GetValues<ConnectionUse>(), use => Assert.Equal(before[use].Count() + 1, after[use].Count()));
    });

    [Fact]
    public Task A_round_that_is_asked_for_after_sleep_dials_anew_though_no_loop_runs() => ContractScene.RunAsync(async scene =>
    {
        var before = scene.Line.Dialled.Count(use => use == ConnectionUse.Poll);
        scene.Clocks.Sleep(TimeSpan.FromSeconds(3));
        await scene.Ann.Client.Sync.SyncAsync();
        Assert.Equal(before + 1, scene.Line.Dialled.Count(use => use == ConnectionUse.Poll));
        Assert.True(scene.Status.IsFresh);
    });

    private static async Task AddAsync(ContractScene scene, string title)
    {
        var added = scene.Ann.Client.Items.Add(scene.Group, Login(title));
        Assert.Equal(EditState.Saved, (await scene.Ann.Client.Items.WaitAsync(added, Soon)).State);
    }
}
