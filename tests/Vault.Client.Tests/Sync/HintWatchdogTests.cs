using Vault.Client.Sync;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.Sync;

/// <summary>Notifications that stop are noticed with the first change, said, polled around, reported, and forgiven when they work again.</summary>
public sealed class HintWatchdogTests
{
    [Fact]
    public Task The_first_missed_change_is_noticed_said_and_reported_and_a_hint_that_comes_true_ends_it() => ContractScene.RunAsync(
        async scene =>
        {
            await scene.StartAsync();
            scene.DropNotifications();
            var polls = scene.Polls;
            await scene.PhoneAddsAsync();
            await scene.UntilAsync(() => scene.Connection.NotificationsFailing);
            await scene.UntilAsync(() => scene.Status.State == FreshnessState.Polling);
            Assert.Equal(1, scene.Connection.MissedHints);

            // Beats go on, and change nothing: the poll is the faster one now, and says it to the relay.
            await scene.UntilAsync(() => scene.Polls >= polls + 4);
            Assert.True(scene.Connection.NotificationsFailing);
            Assert.Equal(1, scene.Connection.MissedHints);
            Assert.Equal(1, await scene.Relay.MetricAsync("vault_notifications_missed_total"));

            scene.Line.Passes = null;
            for (var i = 0; scene.Connection.NotificationsFailing; i++)
            {
                Assert.True(i < 20, "Hints come, and are not believed.");
                var before = scene.Status.VerifiedSeq;
                await scene.PhoneAddsAsync();
                await scene.UntilAsync(() => scene.Status.VerifiedSeq > before);
            }

            await scene.UntilAsync(() => scene.Status.State == FreshnessState.Live);
        },
        options => options with { PollInterval = TimeSpan.FromMilliseconds(800), FastPollInterval = TimeSpan.FromMilliseconds(400) });

    [Fact]
    public Task Failing_notifications_end_the_long_pause_between_polls() => ContractScene.RunAsync(
        async scene =>
        {
            await scene.StartAsync();
            scene.DropNotifications();
            await scene.PhoneAddsAsync();
            await scene.Ann.Client.Sync.SyncAsync();
            await scene.UntilAsync(() => scene.Connection.NotificationsFailing);
            var polls = scene.Polls;
            await scene.UntilAsync(() => scene.Polls >= polls + 2);
        },
        options => options with { FastPollInterval = TimeSpan.FromMilliseconds(300) });

    [Fact]
    public Task A_change_that_an_own_push_came_upon_first_is_missed_all_the_same() => ContractScene.RunAsync(async scene =>
    {
        await scene.StartAsync();
        scene.DropNotifications();
        await scene.PhoneAddsAsync();
        scene.Ann.Client.Items.Add(scene.Group, Login("mine"));
        await scene.UntilAsync(() => scene.Status.Pending == 0);
        Assert.False(scene.Connection.NotificationsFailing);
        await scene.Ann.Client.Sync.SyncAsync();
        await scene.UntilAsync(() => scene.Connection.NotificationsFailing);
        Assert.Equal(1, scene.Connection.MissedHints);
    });

    [Fact]
    public Task A_hint_in_time_is_no_miss_whoever_found_the_change_first() => ContractScene.RunAsync(
        async scene =>
        {
            await scene.StartAsync();
            for (var i = 0; i < 5; i++)
            {
                await scene.PhoneAddsAsync();
                await scene.Ann.Client.Sync.SyncAsync();
            }

            var polls = scene.Polls;
            await scene.UntilAsync(() => scene.Polls > polls + 8);
            Assert.Equal(0, scene.Connection.MissedHints);
        },
        options => options with { PollInterval = TimeSpan.FromMilliseconds(300), HintGrace = TimeSpan.FromSeconds(2) });

    [Fact]
    public Task A_stream_that_cannot_be_opened_while_the_relay_answers_is_failing_notifications_too() => ContractScene.RunAsync(
        async scene =>
        {
            scene.Line.IsStreamCut = true;
            scene.Ann.Client.Sync.Start();
            await scene.PhoneAddsAsync("while it is dialled");
            await scene.UntilAsync(() => scene.Ann.Client.Items.List(scene.Group).Count == 2);
            Assert.Equal(0, scene.Connection.MissedHints);
            for (var i = 0; !scene.Connection.NotificationsFailing; i++)
            {
                Assert.True(i < 40, "No stream comes up, and nobody says so.");
                await scene.PhoneAddsAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(300));
            }
        },
        options => options with { PollInterval = TimeSpan.FromMilliseconds(300), CallDeadline = TimeSpan.FromSeconds(1) });
}
