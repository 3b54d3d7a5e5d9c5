using Vault.Benchmarks.Clients;
using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Latency;
using Vault.Benchmarks.Servers;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Scaling;

/// <summary>
/// A device misses one change while it is cut off: from the moment at which the relay can be reached again to the change on its
/// screen. Backoff with full jitter is part of it, on purpose. The floor dials a new connection and gets a stream's first message.
/// </summary>
internal sealed class ReconnectBenchmark(int rounds, TimeProvider time) : IBenchmark
{
    public string Name => "reconnect";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken);
        await using var echo = await ServerProcess.StartAsync(EchoServer.Name, scratch.Folder("echo"), cancellationToken);
        var link = new MeasuredLink();
        await using var ann = await Person.RegisterAsync(relay.Address, "Ann", scratch.Path("ann"));
        await using var bob = await Person.RegisterAsync(relay.Address, "Bob", scratch.Path("bob"), link.Seams);
        var group = await ann.ShareWithAsync(bob);
        var item = await ann.AddAsync(group);
        await bob.SyncAsync(group);
        var (ours, floor) = (new List<double>(), new List<double>());
        for (var round = -rounds / 4; round < rounds; round++)
        {
            var notes = $"edit {round}";
            var seen = await bob.ExpectAsync(group, item, notes, time);
            link.IsDown = true;
            link.Cut();
            await ann.EditAsync(group, item, notes);
            link.IsDown = false;
            var start = time.GetTimestamp();
            var seconds = time.GetElapsedTime(start, await seen).TotalSeconds;
            var best = await DialAsync(echo.Address, cancellationToken);
            if (round >= 0)
            {
                ours.Add(seconds);
                floor.Add(best);
            }
        }

        return
        [
            new Figure(
                "reconnect after one missed change, to visible, p50", "dial, and a stream's first message",
                Rounds.Median(ours), Rounds.Median(floor), Figure.AsTime) { RatioMax = null },
        ];
    }

    private async Task<double> DialAsync(Uri server, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var channel = RelayChannel.Open(server);
        using var stream = new GroupService.GroupServiceClient(channel).Watch(new WatchRequest(), cancellationToken: cancellationToken);
        await stream.NextAsync(hint => hint.Hello is not null, cancellationToken);
        return time.GetElapsedTime(start).TotalSeconds;
    }
}
