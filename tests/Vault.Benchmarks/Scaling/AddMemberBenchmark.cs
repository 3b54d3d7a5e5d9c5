using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.Benchmarks.Scaling;

/// <summary>
/// Adding a member to a group of 10,000 items and 200 members: seal, sign, rules, push, store. Against the same in a group of two
/// members without an item: one key is sealed to one person, whatever the group holds.
/// </summary>
internal sealed class AddMemberBenchmark(int adds, TimeProvider time) : IBenchmark
{
    private const int Items = 10_000;
    private const int Members = 200;

    public string Name => "add-member";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken);
        using var large = await Owned.CreateAsync(relay.Address, 8, Items, Members - 1, cancellationToken);
        using var small = await Owned.CreateAsync(relay.Address, 9, 0, 1, cancellationToken);
        var (ours, floor) = (new List<double>(), new List<double>());
        var (ourBytes, floorBytes) = (new List<double>(), new List<double>());
        for (var round = -adds / 4; round < adds; round++)
        {
            if (round == 0)
            {
                ours.Clear();
                floor.Clear();
            }

            await AddAsync(large, ours, ourBytes, cancellationToken);
            await AddAsync(small, floor, floorBytes, cancellationToken);
        }

        var what = $"add a member to a group of {Items:#,0} items and {Members} members";
        return
        [
            new Figure($"{what}, p50", "the same in an empty group of two", Rounds.Median(ours), Rounds.Median(floor), Figure.AsTime),
            new Figure($"{what}, bytes sent", "the same in an empty group of two", Rounds.Median(ourBytes), Rounds.Median(floorBytes), Figure.AsSize),
        ];
    }

    private async Task AddAsync(Owned owned, List<double> seconds, List<double> bytes, CancellationToken cancellationToken)
    {
        using var viewer = Author.Create(owned.Random);
        var start = time.GetTimestamp();
        var push = owned.Group.Add(viewer).Push();
        await owned.Calls.PushAsync(push, cancellationToken);
        seconds.Add(time.GetElapsedTime(start).TotalSeconds);
        bytes.Add(push.CalculateSize());
    }

    private sealed record Owned(Author Author, AuthoredGroup Group, RelayCalls Calls, SeededRandom Random) : IDisposable
    {
        public static async Task<Owned> CreateAsync(Uri relay, ulong seed, int items, int viewers, CancellationToken cancellationToken)
        {
            var random = new SeededRandom(seed);
            var author = Author.Create(random);
            var group = AuthoredGroup.Found(author, random);
            var owned = new Owned(author, group, await RelayCalls.RegisterAsync(relay, author, cancellationToken), random);
            foreach (var commit in group.Founding)
            {
                await owned.Calls.PushAsync(commit.Push(), cancellationToken);
            }

            while (group.State.Items.Count < items)
            {
                await owned.Calls.PushAsync(group.Put().Push(), cancellationToken);
            }

            for (var i = 0; i < viewers; i++)
            {
                using var viewer = Author.Create(random);
                await owned.Calls.PushAsync(group.Add(viewer).Push(), cancellationToken);
            }

            return owned;
        }

        public void Dispose()
        {
            Calls.Dispose();
            Group.Dispose();
            Author.Dispose();
        }
    }
}
