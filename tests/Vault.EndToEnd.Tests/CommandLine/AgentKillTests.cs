using System.Diagnostics;
using Vault.EndToEnd.Tests.People;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.EndToEnd.Tests.CommandLine;

[Collection(AgentProcesses.Name)]
public sealed class AgentKillTests(Household house)
{
    private const int Kills = 50;
    private const int Writers = 3;
    private const int Seed = 20_261;

    [Fact]
    public async Task Killed_fifty_times_amid_a_burst_of_edits_an_agent_keeps_every_edit_it_acknowledged()
    {
        var (ann, ben) = (house.Ann, house.Ben);
        for (var writer = 0; writer < Writers; writer++)
        {
            await ann.AddAsync($"family/Counter {writer}", "0");
        }

        await ann.KillAgentAsync();
#pragma warning disable CA5394 // Chance for a test, not for a key.
        var chance = new Random(Seed);
        var burst = new Burst(Writers);
        for (var kill = 0; kill < Kills; kill++)
        {
            await OneLifeAsync(ann, burst, acknowledgements: chance.Next(1, 10));
        }
#pragma warning restore CA5394

        await ann.UnlockAsync();
        await ann.DoAsync("sync");
        await ben.DoAsync("sync");
        foreach (var person in (Person[])[ann, ben])
        {
            var titles = (await person.DoAsync("ls", "family", "--json")).Document.GetProperty("items").EnumerateArray()
                .Select(item => item.GetProperty("title").GetString()!).ToHashSet();
            Assert.Empty(burst.Added.Except(titles));
            for (var writer = 0; writer < Writers; writer++)
            {
                var value = int.Parse((await person.DoAsync("get", $"family/Counter {writer}")).Text, System.Globalization.CultureInfo.InvariantCulture);
                // The edit that was under way when the agent was killed may have been kept as well; none before it may be missing.
                Assert.InRange(value, burst.Acknowledged[writer], burst.Sent[writer]);
            }
        }

        Assert.True(burst.Added.Count >= Kills / 5, $"Only {burst.Added.Count} items were added; seed {Seed}.");
        Assert.Equal(await ann.StateAsync("family"), await ben.StateAsync("family"));
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
    private sealed class Burst(int writers)
    {
        private const int AddEvery = 2;

        private readonly Lock _gate = new();
        private int _left;

        public HashSet<string> Added { get; } = [];

        public int[] Sent { get; } = new int[writers];

        public int[] Acknowledged { get; } = new int[writers];

        public Task Run(ItemService.ItemServiceClient items, int acknowledgements, Action kill)
        {
            _left = acknowledgements;
            return Task.WhenAll(Enumerable.Range(0, writers).Select(writer => WriteAsync(items, writer, kill)));
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
                        Selector = $"family/Counter {writer}",
                        SetFields = { Counted(next) },
                    });
                    Acknowledged[writer] = next;
                    Count(kill);
                    if (next % AddEvery == 0)
                    {
                        var title = $"Item {writer}.{next}";
                        await items.AddItemAsync(new AddItemRequest { Group = "family", Type = ItemType.Login, Title = title, Fields = { Counted(next) } });
                        lock (_gate)
                        {
                            Added.Add(title);
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
            Value = Google.Protobuf.ByteString.CopyFromUtf8(number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        };
    }
}
