using Vault.Client;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;
using Vault.Simulation.Time;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>What people do to groups and members. Most of it needs the relay, and may be refused.</summary>
internal sealed class Actions(Household house, Edits edits)
{
    private readonly Dice _dice = house.Dice;

    /// <summary>Somebody does something.</summary>
    public void Act()
    {
        var device = _dice.Pick(house.Devices);
        if (device.Usable is not { } client)
        {
            return;
        }

        if (_dice.Chance(house.Swarm.ChangesOfMembers))
        {
            Change(device, client);
        }
        else if (_dice.Chance(0.03))
        {
            house.Spawn("sync", () => client.Sync.SyncAsync(), device);
        }
        else if (Group(device) is { } group)
        {
            edits.Edit(device, client, group);
        }
    }

    /// <summary>Somebody founds a group and asks everybody in.</summary>
    public async Task FoundAsync(SimulatedDevice device, VaultClient client)
    {
        var group = await client.Groups.CreateAsync($"{Person.Canary} group");
        foreach (var person in house.People.Where(person => person != device.Person && person.Account is not null))
        {
            await InviteAsync(client, group.Id, person, _dice.Pick([Role.Owner, Role.Admin, Role.Editor, Role.Editor, Role.Viewer]));
        }
    }

    private void Change(SimulatedDevice device, VaultClient client)
    {
        switch (_dice.Below(8))
        {
            case 0 when house.Chronicle.Known.Chains.Count < house.People.Count + 3:
                house.Spawn("group founded", () => FoundAsync(device, client), device);
                break;
            case 1 or 2 when SharedGroup(device) is { } group:
                var outside = house.People.Where(person => person.Account is { } account && Model(group).RoleOf(account) == Role.Unspecified).ToList();
                if (outside.Count > 0)
                {
                    house.Spawn("invited", () => InviteAsync(client, group, _dice.Pick(outside), _dice.Pick([Role.Admin, Role.Editor, Role.Viewer])), device);
                }

                break;
            case 3 or 4 when SharedGroup(device) is { } group && Other(device, group) is { } other:
                house.Spawn("removed", () => client.Groups.RemoveAsync(group, other), device);
                break;
            case 5 when SharedGroup(device) is { } group && Other(device, group) is { } other:
                house.Spawn("role changed", () => client.Groups.SetRoleAsync(group, other, _dice.Pick([Role.Owner, Role.Admin, Role.Editor, Role.Viewer])), device);
                break;
            case 6 when SharedGroup(device) is { } group && _dice.Chance(0.5):
                house.Spawn("left", () => client.Groups.LeaveAsync(group), device);
                break;
            case 7 when house.Devices.Count < house.Swarm.DevicesMost:
                AddDevice(device.Person);
                break;
            default:
                break;
        }
    }

    private async Task InviteAsync(VaultClient client, GroupId group, Person person, Role role)
    {
        var invite = await client.Groups.InviteAsync(group, role, $"{Person.Canary} label");
        var asking = _dice.Pick(person.Devices);
        if (asking.Usable is { } joiner)
        {
            house.Spawn("join asked", () => joiner.Groups.JoinAsync(invite.Code), asking);
        }
    }

    private void AddDevice(Person person)
    {
        var device = house.NewDevice(person);
        house.Spawn("device added", async () =>
        {
            await device.StartAsync();
            await device.LogInAsync();
        }, device);
    }

    /// <summary>A group that the device's person is a member of, the personal one now and then.</summary>
    private GroupId? Group(SimulatedDevice device) =>
        _dice.Chance(0.1) ? device.Client!.Accounts.WhoAmI().PersonalGroup : SharedGroup(device);

    private GroupId? SharedGroup(SimulatedDevice device)
    {
        var account = device.Person.Account;
        var mine = house.Chronicle.Known.Chains.Values
            .Where(chain => account is { } member && chain.Model.RoleOf(member) != Role.Unspecified
                && chain.Commits[0].Body.Genesis.Kind == GroupKind.Shared)
            .Select(chain => chain.Group).ToList();
        return mine.Count > 0 ? _dice.Pick(mine) : null;
    }

    private AccountId? Other(SimulatedDevice device, GroupId group)
    {
        var others = Model(group).Roles.Keys.Where(account => account != device.Person.Account).ToList();
        return others.Count > 0 ? _dice.Pick(others) : null;
    }

    private GroupModel Model(GroupId group) => house.Chronicle.Known.Chain(group).Model;
}
