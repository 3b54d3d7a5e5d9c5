using Vault.Client;
using Vault.Client.Items;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;
using Vault.Simulation.Time;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>
/// What people do to items. Every value that they write is written once, so that each can be looked for at the end. Values go
/// into concealed fields and titles of new items: those are kept in history when they are replaced.
/// </summary>
internal sealed class Edits(Household house)
{
    private static readonly string[] s_fields = ["password", "pin", "key"];

    private readonly Dice _dice = house.Dice;
    private int _next;

    /// <summary>One edit of one item, or a delete, or something with the outbox or a conflict.</summary>
    public void Edit(SimulatedDevice device, VaultClient client, GroupId group)
    {
        try
        {
            Choose(device, client, group);
            if (device.DiesAfterEdit && device.Client == client)
            {
                device.DiesAfterEdit = false;
                house.Note($"fault: {FaultKind.CrashAfterEdit}");
                device.Crash();
            }
        }
        catch (Exception e) when (house.Refused("edit", e))
        {
            // Not accepted, as far as the person saw; after a crash the outbox may hold it all the same.
        }
    }

    private void Choose(SimulatedDevice device, VaultClient client, GroupId group)
    {
        var items = client.Items.List(group, withTrash: true);
        var shown = items.Where(item => item.Damage is null).ToList();
        var dice = _dice.Below(100);
        if (shown.Count < 3 || (dice < 8 && items.Count < 10))
        {
            Add(device, client, group);
        }
        else if (dice < 78)
        {
            Change(device, client, group, [_dice.Pick(shown)]);
        }
        else if (dice < 86)
        {
            Change(device, client, group, [.. shown.OrderBy(_ => _dice.Fraction()).Take(3)]);
        }
        else if (dice < 90)
        {
            var item = _dice.Pick(shown);
            _ = item.Trashed ? client.Items.Restore(group, item.Id) : client.Items.Trash(group, item.Id);
            house.Note(item.Trashed ? "edit: restored" : "edit: trashed");
        }
        else if (dice < 93 || items.Count >= 10)
        {
            Delete(device, client, group, _dice.Pick(shown));
        }
        else if (dice < 96)
        {
            Outbox(device, client, group);
        }
        else if (client.Items.Conflicts(group) is { Count: > 0 } conflicts)
        {
            _ = client.Items.Trash(group, _dice.Pick(conflicts).Copy.Id);
            house.Note("edit: conflict settled");
        }
    }

    private void Add(SimulatedDevice device, VaultClient client, GroupId group)
    {
        var (title, value) = (NextValue(device), NextValue(device));
        var item = new Item { Version = 1, Type = ItemType.Login, Title = title };
        item.Fields.Add(new Field { Id = "password", Type = FieldType.Concealed, Value = value });
        if (_dice.Chance(0.05))
        {
            // Large ones do not ride inline.
            item.Notes = new string('n', 40_000 + _dice.Below(60_000));
        }

        var edit = client.Items.Add(group, item);
        house.Note("edit: added");
        house.Chronicle.Add(new Edited(device.Name, group, edit.Item.ToString(), [title, value]));
    }

    private void Change(SimulatedDevice device, VaultClient client, GroupId group, IReadOnlyList<ItemView> items)
    {
        var field = _dice.Pick(s_fields);
        var changes = items.Select(item => (item.Id, Value: NextValue(device))).ToList();
        client.Items.EditAll(group, [.. changes.Select(change => (change.Id, (Action<Item>)(item => Set(item, field, change.Value))))]);
        house.Note(items.Count > 1 ? "edit: several changed" : "edit: changed");
        foreach (var (id, value) in changes)
        {
            house.Chronicle.Add(new Edited(device.Name, group, id.ToString(), [value]));
        }
    }

    private void Delete(SimulatedDevice device, VaultClient client, GroupId group, ItemView item)
    {
        Forget(device, group, () => client.Items.Delete(group, item.Id), Values.Of(item.Item));
        house.Note("edit: deleted");
    }

    private void Outbox(SimulatedDevice device, VaultClient client, GroupId group)
    {
        var waiting = client.Items.Outbox(group);
        if (waiting.FirstOrDefault(edit => edit.State == EditState.Quarantined) is { } aside)
        {
            client.Items.Retry(aside.OpId);
            house.Note("edit: tried again");
        }
        else if (waiting.Count > 0 && _dice.Pick(waiting) is { Made: not null } edit)
        {
            Forget(device, group, () => client.Items.Discard(edit.OpId), Values.Of(edit.Made).Except(Values.Of(edit.Seen)));
            house.Note("edit: discarded");
        }
    }

    // Whoever asked for this and met a crash knows nothing; but after the COMMIT it is done, and what it took away is gone by intent.
    private void Forget(SimulatedDevice device, GroupId group, Action action, IEnumerable<string> values)
    {
        try
        {
            action();
        }
        catch (Exception e) when (Crash.Explains(e) && device.DiedAfterCommit)
        {
            house.Chronicle.Add(new Vanished(device.Name, group, [.. values]));
            throw;
        }

        house.Chronicle.Add(new Vanished(device.Name, group, [.. values]));
    }

    private string NextValue(SimulatedDevice device) => $"{Person.Canary}-{device.Name}-{_next++}";

    private static void Set(Item item, string id, string value)
    {
        var field = item.Fields.FirstOrDefault(field => field.Id == id);
        if (field is null)
        {
            field = new Field { Id = id, Type = FieldType.Concealed };
            item.Fields.Add(field);
        }

        field.Value = value;
    }
}
