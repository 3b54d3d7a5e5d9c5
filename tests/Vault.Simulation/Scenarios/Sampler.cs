using Vault.Client;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;
using Vault.Simulation.Validators;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>
/// Asks devices what they show: at each step those that lack something the relay accepted long ago, since only they could say
/// something false about it, and some others.
/// </summary>
internal sealed class Sampler(Household house)
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(40);

    private readonly Dictionary<(string Device, GroupId Group), ulong> _shown = [];

    /// <summary>Samples where a group was called fresh.</summary>
    public int Fresh { get; private set; }

    /// <summary>All samples.</summary>
    public int Taken { get; private set; }

    /// <summary>One look at all devices.</summary>
    public void Look()
    {
        foreach (var device in house.Devices)
        {
            if (device.Client is not { State: not Client.Accounts.ClientState.NoAccount } client || device.Clock.IsAsleep || device.IsStarting)
            {
                continue;
            }

            device.Tell();
            foreach (var (group, chain) in house.Chronicle.Known.Chains)
            {
                if (chain.Head is null || !Concerns(device, chain))
                {
                    continue;
                }

                var seen = _shown.TryGetValue((device.Name, group), out var seq);
                var isLate = seen && chain.FirstAfter(seq) is { } at && house.Kernel.Now - at > Late.Ticks;
                if (isLate || house.Dice.Chance(0.05))
                {
                    Ask(device, client, group);
                }
            }
        }
    }

    /// <summary>What one device shows of all its groups, at once.</summary>
    public void LookAt(SimulatedDevice device)
    {
        if (device.Client is { State: not Client.Accounts.ClientState.NoAccount } client && !device.Clock.IsAsleep && !device.IsStarting)
        {
            foreach (var chain in house.Chronicle.Known.Chains.Values.Where(chain => chain.Head is not null && Concerns(device, chain)).ToList())
            {
                Ask(device, client, chain.Group);
            }
        }
    }

    /// <summary>What one device shows of one group.</summary>
    public bool Ask(SimulatedDevice device, VaultClient client, GroupId group)
    {
        Client.Groups.GroupStatus status;
        try
        {
            status = client.Sync.Status(group);
        }
        catch (VaultException notHere) when (notHere.Refusal == ClientRefusal.NotFound)
        {
            return false;
        }

        if (Refusals.Accuses(status.Fault))
        {
            throw new ViolationException("no accusation", $"{device.Name} says of {group} at {status.VerifiedSeq}: {status.Fault}");
        }

        Taken++;
        Fresh += status.IsFresh ? 1 : 0;
        _shown[(device.Name, group)] = status.VerifiedSeq;
        var connection = client.Sync.Connection();
        EntryId? id = null;
        var withheld = 0;
        if (house.Dice.Chance(0.2))
        {
            id = status is { IsFresh: true } && client.Groups.Log(group, 1) is [var newest] ? newest.Id : null;
            withheld = status.IsFresh && client.State == Client.Accounts.ClientState.Unlocked
                ? client.Items.List(group, withTrash: true).Count(item => item.Damage?.Code == FaultCode.BlobWithheld)
                : 0;
        }

        house.Chronicle.Add(new Shown(
            device.Name, device.Starts, group, status.VerifiedSeq, id, status.State, withheld, connection.MissedHints, connection.NotificationsFailing));
        if (house.Dice.Chance(0.1))
        {
            Pins(device, client, group);
        }

        return status.IsFresh;
    }

    /// <summary>Whom a device knows, and how.</summary>
    public void Pins(SimulatedDevice device, VaultClient client, GroupId group)
    {
        if (client.State == Client.Accounts.ClientState.Unlocked && client.Groups.List().Any(one => one.Id == group))
        {
            var others = client.Groups.Members(group).Where(member => !member.IsSelf).ToList();
            house.Chronicle.Add(new PinsShown(
                device.Name,
                [.. others.Where(member => member.Pin is not null).Select(member => member.Account.ToString())],
                [.. others.Where(member => member.Pin is null).Select(member => member.Account.ToString())]));
        }
    }

    private static bool Concerns(SimulatedDevice device, AcceptedChain chain) =>
        device.Person.Account is { } account && chain.Model.Sealed.ContainsKey(account);
}
