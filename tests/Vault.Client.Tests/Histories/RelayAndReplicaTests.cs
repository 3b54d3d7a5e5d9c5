using System.Diagnostics;
using Vault.Core.Tests.Histories;
using Vault.Simulation.Time;

namespace Vault.Client.Tests.Histories;

/// <summary>
/// The seeded histories of <c>Vault.Core.Tests</c> through the real relay and real replicas: what the rules say is what both
/// do. Every run plays the first thousand; <c>VAULT_HISTORIES=10000</c> plays as many as the rules alone are given.
/// One number is one history: <c>VAULT_HISTORY=n</c> runs that one alone, <c>VAULT_HISTORY_FROM=n</c> starts elsewhere.
/// </summary>
public sealed class RelayAndReplicaTests(ITestOutputHelper output)
{
    private const ulong FirstSeed = 20_260_000;
    private const int Count = 1_000;
    private const int PerRelay = 100;

    [Fact]
    public void Relay_and_replicas_judge_a_history_alike_and_end_in_one_state()
    {
        var one = Number("VAULT_HISTORY");
        var first = one ?? Number("VAULT_HISTORY_FROM") ?? FirstSeed;
        var count = one is null ? (int)(Number("VAULT_HISTORIES") ?? Count) : 1;
        output.WriteLine($"histories {first} to {first + (ulong)count - 1}; one alone: VAULT_HISTORY=n dotnet test --project tests/Vault.Client.Tests");
        var (judged, refused, withoutBlob, removed) = (0, 0, 0, 0);
        var watch = Stopwatch.StartNew();
        Parallel.For(0, (count + PerRelay - 1) / PerRelay, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, part =>
        {
            var from = first + (ulong)(part * PerRelay);
            using var kernel = new Kernel(from);
            foreach (var played in kernel.Await(PlayAsync(kernel, from, Math.Min(PerRelay, count - (part * PerRelay))), TimeSpan.FromHours(1)))
            {
                Interlocked.Add(ref judged, played.Judged);
                Interlocked.Add(ref refused, played.Refused);
                Interlocked.Add(ref withoutBlob, played.WithoutBlob);
                Interlocked.Add(ref removed, played.Removed);
            }
        });
        output.WriteLine(
            $"{judged} commits judged alike by relay and devices, {refused} of them refused, {withoutBlob} without a blob; "
            + $"{removed} devices told of a removal; {watch.Elapsed.TotalSeconds:f0} s");
        Assert.True(count == 1 || (refused > count && removed > count / 50), "the histories lost their malice");
    }

    private static async Task<List<PlayedHistory>> PlayAsync(Kernel kernel, ulong from, int count)
    {
        await using var relay = await HistoryRelay.StartAsync(kernel, from);
        var all = new List<PlayedHistory>();
        for (var seed = from; seed < from + (ulong)count; seed++)
        {
            try
            {
                var played = new PlayedHistory(relay, History.Of(seed));
                await played.PlayAsync();
                all.Add(played);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"VAULT_HISTORY={seed} replays this.", e);
            }
        }

        return all;
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
}
