using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Simulation.Time;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.Items;

/// <summary>The counts in a status are kept from change to change; they must be what a look at every item says.</summary>
public sealed class TallyTests(ITestOutputHelper output)
{
    private const int Steps = 120;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task After_every_change_the_counts_are_those_of_a_look_at_every_item(ulong seed) => Pumped.RunAsync(async () =>
    {
        output.WriteLine($"seed {seed}");
        var random = new Dice(seed, "tally");
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var group = Personal(ann);
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        TestPerson[] both = [ann, phone];
        var (conflicts, trashed) = (0, 0);
        for (var step = 0; step < Steps; step++)
        {
            var person = both[random.Below(2)];
            Change(person.Client, group, random, step);
            if (random.Below(3) == 0)
            {
                await person.Client.Sync.SyncAsync(group);
            }

            foreach (var one in both)
            {
                var items = one.Client.Items.List(group, withTrash: true);
                conflicts = Math.Max(conflicts, one.Client.Items.Conflicts(group).Count);
                trashed = Math.Max(trashed, items.Count(item => item.Trashed));
                Assert.Equal(items.Count(item => !item.Trashed), one.Client.Groups.Show(group).Items);
                Assert.Equal(one.Client.Items.Conflicts(group).Count, one.Client.Sync.Status(group).Conflicts);
            }
        }

        Assert.True(conflicts > 0 && trashed > 0, "a run without conflicts or trash proves nothing");
    });

    private static void Change(VaultClient client, GroupId group, Dice random, int step)
    {
        var items = client.Items.List(group, withTrash: true);
        if (items.Count < 4)
        {
            client.Items.Add(group, Login($"item {step}"));
            return;
        }

        var item = items[random.Below(items.Count)];
        switch (random.Below(8))
        {
            case 0:
                client.Items.Add(group, Login($"item {step}"));
                break;
            case 1:
                client.Items.Trash(group, item.Id);
                break;
            case 2 when item.Trashed:
                client.Items.Restore(group, item.Id);
                break;
            case 3:
                client.Items.Delete(group, item.Id);
                break;
            case 4 when client.Items.Outbox(group).FirstOrDefault(edit => edit.Item == item.Id) is { } edit:
                Discard(client, edit.OpId);
                break;
            default:
                client.Items.Edit(group, items[0].Id, made => ItemTemplates.Set(made, "password", $"value {step}"));
                break;
        }
    }

    private static void Discard(VaultClient client, string op)
    {
        try
        {
            client.Items.Discard(op);
        }
        catch (VaultException sent) when (sent.Refusal == ClientRefusal.InFlight)
        {
            // What may have arrived cannot be thrown away.
        }
    }
}
