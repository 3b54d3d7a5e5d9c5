using System.Diagnostics;
using Vault.EndToEnd.Tests.People;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.EndToEnd.Tests.CommandLine;

public sealed class AgentKillTests(Household house, ITestOutputHelper output) : IClassFixture<Household>
{
    // Of each of two agents, which live at the same time.
    private const int Lives = 25;
    private const int Writers = 2;
    private const int Seed = 20_261;

    [Fact]
    public async Task Killed_fifty_times_amid_bursts_of_edits_agents_keep_every_edit_they_acknowledged()
    {
        var bursts = new[] { new Burst(house.Ann, Writers, Seed), new Burst(house.Ben, Writers, Seed + 1) };
        await Task.WhenAll(bursts.Select(LivesAsync));

        foreach (var burst in bursts)
        {
            await burst.Person.UnlockAsync();
            await burst.Person.DoAsync("sync");
        }

        // A third device, which saw none of it, has only what reached the relay.
        await using var fresh = house.NewPerson("Ann's second device");
        await fresh.LogInAsync(house.Ann, house.Relay);
        var devices = new[] { house.Ann, house.Ben, fresh };
        foreach (var device in devices)
        {
            await device.DoAsync("sync");
            foreach (var burst in bursts)
            {
                await burst.CheckAsync(device);
            }
        }

        var digests = await Task.WhenAll(devices.Select(device => device.DigestAsync("family")));
        output.WriteLine(
            $"{2 * Lives} kills, {bursts.Sum(burst => burst.Acknowledged.Sum() + burst.Added.Count)} acknowledged edits, seed {Seed}, "
            + $"state {digests[0]} on {devices.Length} devices");
        Assert.Single(digests.Distinct());
    }

    private static async Task LivesAsync(Burst burst)
    {
        for (var writer = 0; writer < Writers; writer++)
        {
            await burst.Person.AddAsync(burst.Counter(writer), "0");
        }

        await burst.Person.KillAgentAsync();
        for (var life = 0; life < Lives; life++)
        {
            await OneLifeAsync(burst.Person, burst, burst.NextAcknowledgements());
        }
    }

    // From start to kill -9, which comes after so many acknowledgements, with other edits under way.
    private static async Task OneLifeAsync(Person person, Burst burst, int acknowledgements)
    {
        var start = Programs.Start(Programs.Agent, ["--profile", "default", "--detach"]);
        start.Environment["SVAULT_HOME"] = person.Home;
        using var agent = Process.Start(start)!;
        try
        {
            Assert.Equal(AgentContract.ReadyLine, await agent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            using var channel = AgentChannel.TryConnect(person.Paths)!;
            await new AccountService.AccountServiceClient(channel.Invoker).UnlockAsync(
                new UnlockRequest { Password = Google.Protobuf.ByteString.CopyFromUtf8(person.Password) });
            var writers = burst.Run(new ItemService.ItemServiceClient(channel.Invoker), acknowledgements, agent.Kill);
            await writers.WaitAsync(Programs.Deadline, TestContext.Current.CancellationToken);
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Several writers at once; each counts in an item of its own, and adds an item now and then.</summary>
    private sealed class Burst(Person person, int writers, int seed)
    {
        private const int AddEvery = 2;

        private readonly Lock _gate = new();
        private readonly Random _chance = new(seed);
        private int _left;

        public Person Person => person;

        /// <summary>Acknowledged items by title, with the value that each was given.</summary>
        public Dictionary<string, string> Added { get; } = [];

        public int[] Sent { get; } = new int[writers];

        public int[] Acknowledged { get; } = new int[writers];

        public string Counter(int writer) => $"family/Counter {person.Name} {writer}";

#pragma warning disable CA5394 // Chance for a test, not for a key.
        public int NextAcknowledgements() => _chance.Next(1, 10);
#pragma warning restore CA5394

        public Task Run(ItemService.ItemServiceClient items, int acknowledgements, Action kill)
        {
            _left = acknowledgements;
            return Task.WhenAll(Enumerable.Range(0, writers).Select(writer => WriteAsync(items, writer, kill)));
        }

        /// <summary>Every acknowledged edit can be read on this device.</summary>
        public async Task CheckAsync(Person device)
        {
            Assert.True(Added.Count >= Lives / 5, $"Only {Added.Count} items were added; seed {Seed}.");
            using var channel = AgentChannel.TryConnect(device.Paths)!;
            var items = new ItemService.ItemServiceClient(channel.Invoker);
            foreach (var (title, value) in Added)
            {
                Assert.Equal(value, await ReadAsync(items, $"family/{title}"));
            }

            for (var writer = 0; writer < writers; writer++)
            {
                // The edit that was under way when the agent was killed may have been kept as well; none before it may be missing.
                var value = int.Parse(await ReadAsync(items, Counter(writer)), System.Globalization.CultureInfo.InvariantCulture);
                Assert.InRange(value, Acknowledged[writer], Sent[writer]);
            }
        }

        private static async Task<string> ReadAsync(ItemService.ItemServiceClient items, string selector)
        {
            var read = await items.GetFieldAsync(new GetFieldRequest { Selector = selector, Read = new ReadOptions { Offline = true } });
            return read.Value.ToStringUtf8();
        }

        private async Task WriteAsync(ItemService.ItemServiceClient items, int writer, Action kill)
        {
            try
            {
                while (true)
                {
                    var next = ++Sent[writer];
                    await items.EditItemAsync(new EditItemRequest
                    {
                        Selector = Counter(writer),
                        SetFields = { Counted(next) },
                    });
                    Acknowledged[writer] = next;
                    Count(kill);
                    if (next % AddEvery == 0)
                    {
                        var title = $"Item {person.Name} {writer}.{next}";
                        await items.AddItemAsync(new AddItemRequest { Group = "family", Type = ItemType.Login, Title = title, Fields = { Counted(next) } });
                        lock (_gate)
                        {
                            Added.Add(title, Text(next));
                        }

                        Count(kill);
                    }
                }
            }
            catch (AgentException gone) when (gone.Code == ExitCode.Agent)
            {
                // Killed.
            }
        }

        private void Count(Action kill)
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                kill();
            }
        }

        private static FieldInput Counted(int number) => new()
        {
            Name = "password",
            Secret = true,
            Value = Google.Protobuf.ByteString.CopyFromUtf8(Text(number)),
        };

        private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
