using System.Globalization;
using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Scaling;

/// <summary>
/// Resident memory of the server for each stream that only gets beats: connection, session, watcher. Against a bare gRPC stream on a
/// connection of its own. Both servers collect and compact before each reading.
/// </summary>
internal sealed class IdleWatcherBenchmark(bool tls, TimeProvider time) : IBenchmark
{
    private const int WarmUp = 100;
    private const int Watchers = 1_000;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(6);

    public string Name => tls ? "idle-tls" : "idle-plain";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var random = new SeededRandom(7);
        using var author = Author.Create(random);
        using var group = AuthoredGroup.Found(author, random);
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken, tls);
        await using var echo = await ServerProcess.StartAsync(EchoServer.Name, scratch.Folder("echo"), cancellationToken, tls);
        using var writer = await RelayCalls.RegisterAsync(relay.Address, author, cancellationToken);
        var from = new WatchFrom { Group = group.Id.ToByteString() };
        foreach (var commit in group.Founding)
        {
            from.Token = (await writer.PushAsync(commit.Push(), cancellationToken)).Token;
        }

        var measured = await EachAsync(relay, count => WatchStreams.OfRelayAsync(relay.Address, author, from, count, time, cancellationToken), cancellationToken);
        var best = await EachAsync(echo, count => WatchStreams.OfEchoAsync(echo.Address, count, time, cancellationToken), cancellationToken);
        return [new Figure($"the relay's memory for an idle watcher, {(tls ? "TLS" : "plaintext")}", "a bare gRPC stream", measured, best, Figure.AsSize) { RatioMax = null }];
    }

    private async Task<double> EachAsync(RelayProcess server, Func<int, Task<WatchStreams>> open, CancellationToken cancellationToken)
    {
        using var first = await open(WarmUp);
        var before = await ResidentAsync(server, cancellationToken);
        using var more = await open(Watchers);
        return (await ResidentAsync(server, cancellationToken) - before) / Watchers;
    }

    // At least one beat after the last stream opened, then a collection, then the reading.
    private async Task<double> ResidentAsync(RelayProcess server, CancellationToken cancellationToken)
    {
        await Task.Delay(s_settle, time, cancellationToken);
        await server.SignalAsync("HUP");
        await Task.Delay(s_settle, time, cancellationToken);
        var line = (await File.ReadAllLinesAsync($"/proc/{server.Id}/status", cancellationToken)).First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024.0 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
