using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Scaling;

/// <summary>
/// One change and all who watch: from its push to its arrival on each of many streams, over all streams and changes; against a bare
/// gRPC server that syncs the same bytes to a file and writes them to as many streams. All ends run on this machine, so with many
/// watchers most of the time on both sides is the receiving of the same message so many times.
/// </summary>
internal sealed class FanOutBenchmark(int watchers, int changes, TimeProvider time) : IBenchmark
{
    public string Name => $"fan-out-{watchers}";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var random = new SeededRandom(6);
        using var author = Author.Create(random);
        using var group = AuthoredGroup.Found(author, random);
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken);
        await using var echo = await ServerProcess.StartAsync(EchoServer.Name, scratch.Folder("echo"), cancellationToken);
        using var writer = await RelayCalls.RegisterAsync(relay.Address, author, cancellationToken);
        var from = new WatchFrom { Group = group.Id.ToByteString() };
        foreach (var commit in group.Founding)
        {
            from.Token = (await writer.PushAsync(commit.Push(), cancellationToken)).Token;
        }

        using var watching = await WatchStreams.OfRelayAsync(relay.Address, author, from, watchers, time, cancellationToken);
        using var echoing = await WatchStreams.OfEchoAsync(echo.Address, watchers, time, cancellationToken);
        using var channel = RelayChannel.Open(echo.Address);
        var echoed = new GroupService.GroupServiceClient(channel);
        var (ours, floor) = (new List<double>(), new List<double>());
        for (var round = -changes / 2; round < changes; round++)
        {
            if (round == 0)
            {
                ours.Clear();
                floor.Clear();
            }

            var push = group.Put().Push();
            await watching.ClockAsync(() => writer.PushAsync(push, cancellationToken), ours, cancellationToken);
            await echoing.ClockAsync(async () => await echoed.PushAsync(push, cancellationToken: cancellationToken), floor, cancellationToken);
        }

        return [Row("p50", 0.50), Row("p99", 0.99)];

        Figure Row(string name, double part) => new(
            $"a change to its arrival at {watchers:#,0} watcher{(watchers == 1 ? "" : "s")}, {name}", "bare gRPC stream fan-out and one fsync",
            Rounds.Percentile(ours, part), Rounds.Percentile(floor, part), Figure.AsTime)
        { RatioMax = null };
    }
}
