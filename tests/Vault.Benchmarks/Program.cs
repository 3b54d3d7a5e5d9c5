using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Latency;
using Vault.Benchmarks.Scaling;
using Vault.Benchmarks.Servers;
using Vault.Benchmarks.Throughput;
using Vault.Benchmarks.Verification;

// dotnet run -c Release --project tests/Vault.Benchmarks [-- name…]
if (await ServerProcess.TryRunAsync(args) is { } served)
{
    return served;
}

var rounds = new Rounds(TimeSpan.FromSeconds(20), count: 9, TimeProvider.System);
var changes = new Rounds(TimeSpan.FromSeconds(20), count: 1_000, TimeProvider.System);
IBenchmark[] all =
[
    new VerifyBenchmark(rounds),
    new PushBenchmark(rounds, callers: 1, commitsEach: 500),
    new PushBenchmark(rounds, callers: 16, commitsEach: 100),
    new StreamBenchmark(changes),
    new VisibleBenchmark(changes),
    new CatchUpBenchmark(new Rounds(TimeSpan.FromSeconds(3), count: 5, TimeProvider.System)),
    new FanOutBenchmark(watchers: 1, changes: 500, TimeProvider.System),
    new FanOutBenchmark(watchers: 100, changes: 200, TimeProvider.System),
    new FanOutBenchmark(watchers: 1_000, changes: 60, TimeProvider.System),
    new OneChangeBenchmark(changes: 40, TimeProvider.System),
    new ReconnectBenchmark(rounds: 40, TimeProvider.System),
    new AddMemberBenchmark(adds: 100, TimeProvider.System),
    new IdleWatcherBenchmark(tls: false, TimeProvider.System),
    new IdleWatcherBenchmark(tls: true, TimeProvider.System),
];
var unknown = args.Except(all.Select(benchmark => benchmark.Name), StringComparer.Ordinal).ToList();
if (unknown.Count > 0)
{
    await Console.Error.WriteLineAsync($"No benchmark {string.Join(", ", unknown)}. There are: {string.Join(", ", all.Select(benchmark => benchmark.Name))}.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

var figures = new List<Figure>();
foreach (var benchmark in all.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Name, StringComparer.Ordinal)))
{
    await Console.Error.WriteLineAsync($"{benchmark.Name} …");
    figures.AddRange(await benchmark.RunAsync(stop.Token));
}

Table.Print(figures, Machine.Describe(TimeProvider.System), Console.Out);
return figures.All(figure => figure.IsWithin) ? 0 : 1;
