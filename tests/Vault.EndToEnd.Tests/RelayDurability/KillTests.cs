using System.Diagnostics;
using System.Globalization;
using Vault.Core;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>An acknowledgement outlives the process that gave it.</summary>
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
        var command = RelayProcess.Command(scratch.Path("relay"));
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
                await CheckAsync(relay, callers);
                await BurstAsync(relay, callers, 1 + random.Below(AcknowledgementsMax), random.Below(LaterMicrosecondsMax));
            }

            await using var last = await RelayProcess.StartAsync(command, Cancelled);
            var digest = await CheckAsync(last, callers);
            output.WriteLine($"{Kills} kills, {callers.Sum(caller => caller.Acknowledged)} acknowledged commits, state {digest}");
        }
        finally
        {
            callers.ForEach(caller => caller.Dispose());
        }
    }

    /// <summary>The digest of all groups as they stand; each is checked against what its author knows.</summary>
    private static async Task<string> CheckAsync(RelayProcess relay, List<Caller> callers)
    {
        var states = await Task.WhenAll(callers.Select(async caller =>
        {
            using var calls = await caller.OpenAsync(relay.Address, Cancelled);
            return await caller.CheckAsync(calls, Cancelled);
        }));
        var hashes = states.Select(state => new ReadOnlyMemory<byte>(state.StateHash().ToArray()));
        return Convert.ToHexStringLower(TaggedHash.OfAll(Purpose.HashGroupState, hashes));
    }

    // The moment: so many acknowledgements among all callers, and then so many microseconds into what follows them.
    private static async Task BurstAsync(RelayProcess relay, List<Caller> callers, int acknowledgements, int laterMicroseconds)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = acknowledgements;
        var calls = await Task.WhenAll(callers.Select(caller => caller.OpenAsync(relay.Address, Cancelled)));
        var bursts = callers.Zip(calls, (caller, call) => caller.BurstAsync(
            call,
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
        Array.ForEach(calls, call => call.Dispose());
    }
}
