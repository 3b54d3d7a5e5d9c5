using System.Diagnostics;
using System.Globalization;
using Vault.Core.Ids;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>
/// An acknowledgement outlives the process that gave it: at the end, what the authors wrote, what they open of the relay's
/// groups and what a member opens who was let in afterwards have one digest.
/// </summary>
[Collection(RelayProcesses.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 50;
    private const int Callers = 4;
    private const int AcknowledgementsMax = 60;
    private const int LaterMicrosecondsMax = 3_000;

    // VAULT_SEED=… replays the same commits and moments, as far as two processes can meet at the same moment twice.
    private static readonly ulong s_seed =
        ulong.TryParse(Environment.GetEnvironmentVariable("VAULT_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20_261_123;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_acknowledged_commit_survives_fifty_kills_in_a_burst_of_writes()
    {
        output.WriteLine($"VAULT_SEED={s_seed}");
        var random = new SeededRandom(s_seed);
        using var scratch = new Scratch();
        // A relay that lives for half a second gains nothing from profiling itself.
        string[] command = ["/usr/bin/env", "DOTNET_TieredPGO=0", .. RelayProcess.Command(scratch.Path("relay"))];
        var callers = Enumerable.Range(0, Callers).Select(_ => new Caller(random)).ToList();
        try
        {
            await using (var first = await RelayProcess.StartAsync(command, Cancelled))
            {
                await Task.WhenAll(callers.Select(caller => caller.BeginAsync(first.Address, Cancelled)));
                await first.KillAsync();
            }

            for (var kill = 0; kill < Kills; kill++)
            {
                await using var relay = await RelayProcess.StartAsync(command, Cancelled);
                using var connections = await Connections.OpenAsync(relay, callers);
                await connections.CheckAsync();
                await connections.BurstAsync(1 + random.Below(AcknowledgementsMax), random.Below(LaterMicrosecondsMax));
            }

            await using var last = await RelayProcess.StartAsync(command, Cancelled);
            using var whole = await Connections.OpenAsync(last, callers);
            await whole.CheckAsync();
            var written = OpenedGroup.Digest(callers.Select(caller => caller.Written()));
            output.WriteLine($"{Kills} kills, {callers.Sum(caller => caller.Acknowledged)} acknowledged commits, state {written}");
            Assert.Equal(written, await whole.OpenAsync());
            using var viewer = Author.Create(random);
            using var theirs = await RelayCalls.RegisterAsync(last.Address, viewer, Cancelled);
            Assert.Equal(written, await whole.OpenAsync(viewer, theirs));
        }
        finally
        {
            callers.ForEach(caller => caller.Dispose());
        }
    }

    /// <summary>Every caller's connection to one life of the relay.</summary>
    private sealed class Connections(RelayProcess relay, List<(Caller Caller, RelayCalls Calls)> open) : IDisposable
    {
        public static async Task<Connections> OpenAsync(RelayProcess relay, List<Caller> callers)
        {
            var calls = await Task.WhenAll(callers.Select(caller => caller.OpenAsync(relay.Address, Cancelled)));
            return new Connections(relay, [.. callers.Zip(calls)]);
        }

        /// <summary>Checks each group as the relay holds it against what its author knows.</summary>
        public Task CheckAsync() => Task.WhenAll(open.Select(one => one.Caller.CheckAsync(one.Calls, Cancelled)));

        /// <summary>The digest of what the authors open of the relay's groups with their own keys.</summary>
        public async Task<string> OpenAsync() =>
            OpenedGroup.Digest(await Task.WhenAll(open.Select(one => one.Caller.ReadAsync(one.Calls, Cancelled))));

        /// <summary>The same of somebody else, who is let into every group now.</summary>
        public async Task<string> OpenAsync(Author viewer, RelayCalls theirs)
        {
            var groups = new List<SortedDictionary<ItemId, Item>>();
            foreach (var (caller, calls) in open)
            {
                groups.Add(await caller.ReadAsAsync(viewer, theirs, calls, Cancelled));
            }

            return OpenedGroup.Digest(groups);
        }

        // The moment: so many acknowledgements among all callers, and then so many microseconds into what follows them.
        public async Task BurstAsync(int acknowledgements, int laterMicroseconds)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var left = acknowledgements;
            var bursts = open.Select(one => one.Caller.BurstAsync(
                one.Calls,
                () =>
                {
                    if (Interlocked.Decrement(ref left) == 0)
                    {
                        reached.SetResult();
                    }
                },
                Cancelled)).ToList();
            await Task.WhenAny(reached.Task, Task.WhenAll(bursts));
            Assert.True(reached.Task.IsCompleted, "The relay went away by itself.");
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < laterMicroseconds)
            {
                Thread.SpinWait(20);
            }

            await relay.KillAsync();
            await Task.WhenAll(bursts);
        }

        public void Dispose() => open.ForEach(one => one.Calls.Dispose());
    }
}
