using Vault.Benchmarks.Clients;
using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.Core.Ids;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.Benchmarks.Scaling;

/// <summary>
/// One change in vaults of 100, 10,000 and 100,000 items: the time of one round of sync on another person's device, and the bytes of
/// all its connections. The floor is the smallest of the vaults, in the same run: neither may grow with the vault. The homes lie in
/// memory, so that filling them takes minutes and not an hour.
/// </summary>
internal sealed class OneChangeBenchmark(int changes, TimeProvider time) : IBenchmark
{
    private static readonly int[] s_sizes = [100, 10_000, 100_000];

    public string Name => "one-change";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch(inMemory: true);
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken);
        var vaults = new List<Shared>();
        try
        {
            foreach (var size in s_sizes)
            {
                vaults.Add(await Shared.FillAsync(relay.Address, scratch, size));
            }

            for (var round = -changes / 4; round < changes; round++)
            {
                foreach (var vault in vaults)
                {
                    await vault.ClockAsync(round, time);
                }
            }

            var floor = vaults[0];
            return
            [
                .. vaults.Skip(1).SelectMany(vault => new[]
                {
                    new Figure(
                        $"sync one change in a vault of {vault.Items:#,0} items, p50", $"in one of {floor.Items}",
                        Rounds.Median(vault.Seconds), Rounds.Median(floor.Seconds), Figure.AsTime) { RatioMax = 2 },
                    new Figure(
                        $"sync one change in a vault of {vault.Items:#,0} items, bytes", $"in one of {floor.Items}",
                        Rounds.Median(vault.Bytes), Rounds.Median(floor.Bytes), Figure.AsSize) { RatioMax = 1.5 },
                }),
            ];
        }
        finally
        {
            foreach (var vault in vaults)
            {
                await vault.DisposeAsync();
            }
        }
    }

    private sealed class Shared(Person author, Person reader, MeasuredLink link, GroupId group, ItemId item, int items) : IAsyncDisposable
    {
        public int Items => items;

        public List<double> Seconds { get; } = [];

        public List<double> Bytes { get; } = [];

        public static async Task<Shared> FillAsync(Uri relay, Scratch scratch, int items)
        {
            var link = new MeasuredLink();
            var ann = await Person.RegisterAsync(relay, "Ann", scratch.Path($"ann-{items}"));
            var bob = await Person.RegisterAsync(relay, "Bob", scratch.Path($"bob-{items}"), link.Seams);
            var group = await ann.ShareWithAsync(bob);
            var first = await ann.AddManyAsync(group, items);
            await bob.WaitForAsync(group, await ann.SeqAsync(group));
            await bob.StopAsync();
            await bob.SyncAsync(group);
            return new Shared(ann, bob, link, group, first, items);
        }

        /// <summary>One change, and one round of sync. A round below zero only warms up.</summary>
        public async Task ClockAsync(int round, TimeProvider time)
        {
            await author.EditAsync(group, item, $"edit {round}");
            var before = link.Bytes;
            var start = time.GetTimestamp();
            await reader.SyncAsync(group);
            var seconds = time.GetElapsedTime(start).TotalSeconds;
            if (await reader.NotesAsync(group, item) != $"edit {round}")
            {
                throw new InvalidOperationException("The change did not come.");
            }

            if (round >= 0)
            {
                Seconds.Add(seconds);
                Bytes.Add(link.Bytes - before);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await author.DisposeAsync();
            await reader.DisposeAsync();
        }
    }
}
