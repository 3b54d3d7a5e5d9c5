using Vault.Client.Doctor;
using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>The notification path end to end: from this device to the relay's tail and back by the stream, beside a poll.</summary>
public sealed class ProbeTests
{
    [Fact]
    public Task A_nonce_comes_back_by_the_stream_and_a_poll_goes_its_own_way() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var alone = await ann.Client.Sync.ProbeAsync();
        Assert.Equal((null, 0), (alone.ByStream, alone.Streams));
        Assert.NotNull(alone.ByPoll);
        await UpAsync(ann);
        var probe = await ann.Client.Sync.ProbeAsync();
        Assert.NotNull(probe.ByStream);
        Assert.Equal(1, probe.Streams);
        Assert.NotNull(probe.ByPoll);
        Assert.NotNull(probe.ClockAhead);
        Assert.InRange(probe.ClockAhead.Value.Duration(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    });

    [Fact]
    public Task A_stream_that_is_up_and_loses_everything_but_beats_is_found_out() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var loss = new HintLoss();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", loss.Seams());
        await UpAsync(ann);
        loss.Loses = hint => hint.EventCase is not (WatchResponse.EventOneofCase.Hello or WatchResponse.EventOneofCase.Beat);
        var probe = await ann.Client.Sync.ProbeAsync();
        Assert.Null(probe.ByStream);
        Assert.Equal(1, probe.Streams);
        Assert.NotNull(probe.ByPoll);
        var results = await ann.Client.Doctor.ExamineAsync(mend: false);
        Assert.Equal(CheckState.Fail, results.Single(result => result.Name == "notifications").State);
        Assert.Equal(CheckState.Ok, results.Single(result => result.Name == "poll").State);
    });

    [Fact]
    public Task A_nonce_that_this_device_did_not_send_proves_nothing() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var loss = new HintLoss();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", loss.Seams());
        await UpAsync(ann);
        loss.Loses = hint =>
        {
            if (hint.Probe is { } probe)
            {
                probe.Nonce = Google.Protobuf.ByteString.CopyFrom(new byte[16]);
            }

            return false;
        };
        Assert.Null((await ann.Client.Sync.ProbeAsync()).ByStream);
    });

    [Fact]
    public Task Mending_dials_anew_and_a_stream_that_was_at_fault_is_replaced() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var loss = new HintLoss();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", loss.Seams());
        await UpAsync(ann);
        var dead = true;
        loss.Loses = hint =>
        {
            // The fault goes with the stream that has it.
            dead &= hint.EventCase != WatchResponse.EventOneofCase.Hello;
            return dead;
        };
        var results = await ann.Client.Doctor.ExamineAsync(mend: true);
        var notifications = results.Single(result => result.Name == "notifications");
        Assert.Equal(CheckState.Ok, notifications.State);
        Assert.NotEmpty(notifications.Mended);
    });

    [Fact]
    public Task Without_a_relay_every_check_still_answers() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await relay.DownAsync();
        await ann.RestartAsync();
        var results = (await ann.Client.Doctor.ExamineAsync(mend: true)).ToDictionary(result => result.Name);
        Assert.Equal(CheckState.Fail, results["notifications"].State);
        Assert.Equal(CheckState.Fail, results["poll"].State);
        Assert.Equal(CheckState.Ok, results["replica"].State);
        Assert.Equal(CheckState.Skipped, results["epochs"].State);
    });

    private static async Task UpAsync(TestPerson person)
    {
        person.Client.Sync.Start();
        while (person.Client.Sync.Connection().StreamAge is null)
        {
            await Task.Delay(10);
        }
    }
}
