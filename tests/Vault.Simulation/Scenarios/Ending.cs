using System.Text;
using Vault.Client;
using Vault.Client.Accounts;
using Vault.Client.Items;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>Everything has healed: waits until all is at rest, and takes down what everybody shows then.</summary>
internal sealed class Ending(Household house, Sampler sampler, Operator keeper, Action eachStep)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    /// <summary>Runs to the end.</summary>
    public void Run()
    {
        Rest();
        ShowAll("as it ran");
        if (house.Dice.Chance(0.3))
        {
            StartAnew();
        }

        if (house.Dice.Chance(0.2))
        {
            Fresh();
        }

        foreach (var device in house.Devices.Where(device => device.Client?.State == ClientState.Unlocked))
        {
            var outbox = device.Client!.Items.Outbox();
            house.Chronicle.Add(new FinalOutbox(
                device.Name,
                outbox.Count(edit => edit.State == EditState.Pending),
                outbox.Count(edit => edit.State == EditState.Quarantined),
                [.. outbox.SelectMany(edit => Values.Of(edit.Made))]));
        }

        foreach (var chain in house.Chronicle.Known.Chains.Values)
        {
            if (house.Relay.Disk.Head(chain.Group) is { } head)
            {
                house.Chronicle.Add(new FinalState("relay", "relay", chain.Group, false, head.Seq, head.Id, "", []));
            }
        }

        new FormerMembers(house).Try();
        house.Chronicle.Add(house.Relay.Disk.Search(Encoding.UTF8.GetBytes(Person.Canary)));
        house.Chronicle.Add(new Settled(true, ""));

        // A violation that was found in the last moment ends the run at the kernel's next step.
        house.Kernel.RunUntil(TimeSpan.FromTicks(house.Kernel.Now));
    }

    private void Rest()
    {
        for (var limit = house.Kernel.Now + Limit.Ticks; Restless() is { } rest;)
        {
            if (house.Kernel.Now > limit)
            {
                house.Chronicle.Add(new Settled(false, rest));
            }

            eachStep();
            Unlock();
            house.Kernel.RunUntil(TimeSpan.FromTicks(house.Kernel.Now) + Step);
            sampler.Look();
        }
    }

    private void Unlock()
    {
        foreach (var device in house.Devices)
        {
            if (device is { IsStarting: false, Client: { State: ClientState.Locked } client })
            {
                house.Spawn("unlock", () => client.Accounts.UnlockAsync(Person.Password), device);
            }
            else if (device is { IsStarting: false, Client: { State: ClientState.Unlocked, Sync.IsRunning: false } idle })
            {
                idle.Sync.Start();
            }
        }
    }

    // What is not at rest yet, in words; null when everything is.
    private string? Restless()
    {
        if (house.Relay.Endpoint is null)
        {
            return "the relay";
        }

        if (house.Relay.IsWindowOpen)
        {
            return $"the recovery window, which waits for {keeper.WaitsFor() ?? "patience"}";
        }

        foreach (var device in house.Devices)
        {
            if (device.IsStarting || device.Client is not { } client)
            {
                return device.Name;
            }

            if (client.State == ClientState.NoAccount)
            {
                continue;
            }

            if (client.State != ClientState.Unlocked || client.Items.Outbox().Any(edit => edit.State == EditState.Pending))
            {
                return $"{device.Name}: {client.State}, {client.Items.Outbox().Count} in the outbox, {client.Sync.Connection()}";
            }

            foreach (var chain in Groups(device))
            {
                if (Status(client, chain.Group) is { } status && (!status.IsFresh || status.VerifiedSeq != chain.Head!.Seq))
                {
                    return $"{device.Name}: {chain.Group} {status}, the relay is at {chain.Head!.Seq}, {client.Sync.Connection()}";
                }
            }
        }

        return null;
    }

    private void ShowAll(string how)
    {
        foreach (var device in house.Devices.Where(device => device.Client?.State == ClientState.Unlocked))
        {
            foreach (var chain in Groups(device))
            {
                Show(device, chain.Group, how);
            }
        }
    }

    private void Show(SimulatedDevice device, GroupId group, string how)
    {
        var client = device.Client!;
        if (Status(client, group) is null)
        {
            house.Note("member without the group");
            return;
        }

        sampler.Pins(device, client, group);
        var head = client.Groups.Log(group, 1)[0];
        var items = client.Items.List(group, withTrash: true);
        house.Note("final states");
        if (items.Any(item => item.ConflictOf is not null))
        {
            house.Note("final states with conflicts");
        }

        house.Chronicle.Add(new FinalState(
            device.Name, how, group, true, head.Seq, head.Id, Digest.Of(items), [.. items.SelectMany(item => Values.Of(item.Item)).Distinct()]));
    }

    private void StartAnew()
    {
        foreach (var device in house.Devices.Where(device => device.Client?.State == ClientState.Unlocked))
        {
            device.Crash();
            house.Kernel.Await(device.StartAsync(), Limit);
        }

        house.Note("all started anew");
        Rest();
        ShowAll("started anew");
    }

    private void Fresh()
    {
        var person = house.Dice.Pick(house.People);
        var device = house.NewDevice(person);
        device.Link.Delay = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(50));
        house.Kernel.Await(device.StartAsync(), Limit);
        house.Kernel.Await(device.LogInAsync(), Limit);
        house.Note("fresh device");
        Rest();
        ShowAll("beside a fresh device");
    }

    private IEnumerable<AcceptedChain> Groups(SimulatedDevice device) =>
        house.Chronicle.Known.Chains.Values.Where(chain =>
            chain.Head is not null && device.Person.Account is { } account && chain.Model.RoleOf(account) != Role.Unspecified);

    private static Client.Groups.GroupStatus? Status(VaultClient client, GroupId group)
    {
        try
        {
            return client.Sync.Status(group);
        }
        catch (VaultException notHere) when (notHere.Refusal == ClientRefusal.NotFound)
        {
            return null;
        }
    }
}
