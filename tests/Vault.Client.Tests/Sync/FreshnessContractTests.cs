using Vault.Client.Sync;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.Sync;

/// <summary>
/// The freshness contract (design.md, section 5) between a real client and a real relay: what may say that a group is fresh, since
/// when, and what may never say so.
/// </summary>
public sealed class FreshnessContractTests
{
    [Fact]
    public Task A_hint_brings_the_change_and_proves_nothing() => ContractScene.RunAsync(
        async scene =>
        {
            await scene.StartAsync();
            await scene.LetHintsBringCommitsAsync();
            scene.Clocks.Pass(TimeSpan.FromSeconds(60));
            Assert.Equal(FreshnessState.Stale, scene.Status.State);
            var before = scene.Status.VerifiedSeq;
            await scene.PhoneAddsAsync();
            await scene.UntilAsync(() => scene.Status.VerifiedSeq > before);
            Assert.Equal(FreshnessState.Stale, scene.Status.State);
            Assert.True(scene.Status.ProofAge >= TimeSpan.FromSeconds(60));
        },
        PatientWithTheStream);

    [Fact]
    public Task A_polls_proof_is_dated_by_when_it_was_sent() => ContractScene.RunAsync(async scene =>
    {
        scene.Line.Hold = answer => TakeTime(scene, answer is HeadsResponse);
        await scene.Ann.Client.Sync.SyncAsync();
        Assert.InRange(scene.Status.ProofAge!.Value, TimeSpan.FromSeconds(44), TimeSpan.FromSeconds(45));
        scene.Clocks.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(FreshnessState.Stale, scene.Status.State);
    });

    [Fact]
    public Task A_pulls_proof_is_dated_by_when_its_last_page_was_asked_for() => ContractScene.RunAsync(async scene =>
    {
        await scene.PhoneAddsAsync();
        scene.Line.Hold = answer => TakeTime(scene, answer is PullResponse);
        await scene.Ann.Client.Sync.SyncAsync();
        Assert.InRange(scene.Status.ProofAge!.Value, TimeSpan.FromSeconds(44), TimeSpan.FromSeconds(46));
    });

    [Fact]
    public Task A_pushs_proof_is_dated_by_when_it_was_sent() => ContractScene.RunAsync(
        async scene =>
        {
            await scene.StartAsync();
            await scene.LetHintsBringCommitsAsync();
            var (before, answered) = (scene.Status.VerifiedSeq, false);
            scene.Line.Hold = async answer =>
            {
                if (answer is PushResponse)
                {
                    // The stream is first, so no pull is needed for a newer proof.
                    await scene.UntilAsync(() => scene.Status.VerifiedSeq > before);
                    await TakeTime(scene, isThis: true);
                    answered = true;
                }
            };
            scene.Clocks.Pass(TimeSpan.FromSeconds(30));
            var pulls = scene.Line.Sent.Count(request => request is PullRequest);
            scene.Ann.Client.Items.Add(scene.Group, Login("mine"));
            await scene.UntilAsync(() => answered && scene.Status.ProofAge < TimeSpan.FromSeconds(60));
            Assert.Equal(pulls, scene.Line.Sent.Count(request => request is PullRequest));
            Assert.InRange(scene.Status.ProofAge!.Value, TimeSpan.FromSeconds(44), TimeSpan.FromSeconds(59));
        },
        PatientWithTheStream);

    [Fact]
    public Task After_sleep_nothing_is_fresh_until_relay_and_stream_were_dialled_anew() => ContractScene.RunAsync(async scene =>
    {
        await scene.StartAsync();
        var (polls, streams) = (scene.Polls, scene.Line.Streams);
        scene.Clocks.Sleep(TimeSpan.FromSeconds(3));
        Assert.NotEqual(FreshnessState.Live, scene.Status.State);
        Assert.NotEqual(FreshnessState.Polling, scene.Status.State);
        await scene.UntilAsync(() => scene.Status.State == FreshnessState.Live);
        Assert.Equal(polls + 1, scene.Polls);
        Assert.Equal(streams + 1, scene.Line.Streams);
    });

    [Fact]
    public Task Live_is_never_loaded_from_disk() => ContractScene.RunAsync(async scene =>
    {
        await scene.StartAsync();
        scene.Line.IsCut = true;
        await scene.Ann.RestartAsync();
        Assert.Null(scene.Status.ProofAge);
        Assert.Equal(FreshnessState.Stale, scene.Status.State);
        scene.Ann.Client.Sync.Start();
        await scene.UntilAsync(() => scene.Status.State == FreshnessState.Offline);
        Assert.Null(scene.Status.ProofAge);
    });

    [Fact]
    public Task An_answer_that_was_asked_for_before_the_head_advanced_does_not_say_that_the_relay_is_behind() => ContractScene.RunAsync(
        async scene =>
        {
            await scene.StartAsync();
            var (held, answers) = (new TaskCompletionSource(), 0);
            var next = new TaskCompletionSource();
            scene.Line.Hold = answer => answer is not HeadsResponse ? Task.CompletedTask : answers++ == 0 ? held.Task : next.Task;
            await scene.UntilAsync(() => answers == 1);
            var before = scene.Status.VerifiedSeq;
            scene.Ann.Client.Items.Add(scene.Group, Login("mine"));
            await scene.UntilAsync(() => scene.Status.VerifiedSeq > before && scene.Status.Pending == 0);

            held.SetResult();
            await scene.UntilAsync(() => answers == 2);
            var state = scene.Status.State;
            next.SetResult();
            Assert.NotEqual(FreshnessState.RelayBehind, state);
        },
        options => options with { PollInterval = TimeSpan.FromMilliseconds(300), FastPollInterval = TimeSpan.FromMilliseconds(300) });

    [Fact]
    public Task A_lost_stream_has_the_relay_asked_at_once() => ContractScene.RunAsync(async scene =>
    {
        await scene.StartAsync();
        await scene.Relay.DownAsync();
        await scene.UntilAsync(() => scene.Status.State == FreshnessState.Offline);
        await scene.Relay.UpAsync();
    });

    [Fact]
    public Task A_stream_without_beats_is_opened_anew_whatever_else_it_brings() => ContractScene.RunAsync(
        async scene =>
        {
            await scene.StartAsync();
            var streams = scene.Line.Streams;
            scene.Line.Passes = hint => hint.Beat is null;
            for (var i = 0; scene.Line.Streams == streams; i++)
            {
                Assert.True(i < 500, "The stream brings changes and no beats, and is believed.");
                await scene.PhoneAddsAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        },
        options => options with { BeatBound = TimeSpan.FromSeconds(2) });

    // Time that a test lets pass is not the stream's silence.
    private static ClientOptions PatientWithTheStream(ClientOptions options) => options with { BeatBound = TimeSpan.FromDays(1) };

    private static Task TakeTime(ContractScene scene, bool isThis)
    {
        if (isThis)
        {
            scene.Clocks.Pass(TimeSpan.FromSeconds(44));
        }

        return Task.CompletedTask;
    }
}
