using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Crypto.Items;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Items;

/// <summary>An item with this device's unsent edits laid over it.</summary>
/// <param name="Item">Null: deleted by an unsent edit.</param>
/// <param name="Losers">Versions that a merge could not keep in the item: each becomes a conflict copy.</param>
internal sealed record Overlaid(Item? Item, IReadOnlyList<Item> Losers, Fault? Damage);

/// <summary>
/// What an item is for this device: the chain's version, then each unsent edit in the order it was made, merged three ways
/// against what the person saw when making it. Showing and sending use the same merge, so what was seen is what is sent.
/// </summary>
internal sealed class ItemOverlay(ClientCore core, FormerValues former)
{
    /// <summary>The chain's version. When that does not open or is not here: the last good value, if any, and the fault.</summary>
    public (Item? Item, Fault? Damage) OfChain(FollowedGroup group, ItemId id)
    {
        if (group.State?.Items.GetValueOrDefault(id) is not { } live)
        {
            return (null, null);
        }

        if (group.OpenedAs(live) is { } opened)
        {
            return (opened, null);
        }

        if (core.Replica.Blobs.Read(group.Id, live.BlobHash) is not { } blob)
        {
            // What was changed on disk counts as missing too, and is fetched anew.
            group.MissingBlobs.Add(live.BlobHash);
            return (LastGood(group, live), new Fault(FaultCode.BlobWithheld).At(group.Id.Value, live.Seq, live.Author));
        }

        var key = core.RequireKeys().Of(group.Id).KeyOf(live.Epoch);
        if (key is null || ItemBox.Open(key, group.Id, id, live.Epoch, blob) is not { } item)
        {
            return (LastGood(group, live), new Fault(FaultCode.DamagedItem).At(group.Id.Value, live.Seq, live.Author));
        }

        group.Opened[id] = (live.BlobHash, live.Epoch, item);
        return (item, null);
    }

    // Noted as what was opened, so an edit made of it names what the person saw.
    private Item? LastGood(FollowedGroup group, LiveItem live)
    {
        if (group.ShownInstead.GetValueOrDefault(live.Id) != live.BlobHash && former.LastGood(group, live.Id) is { } good)
        {
            group.Opened[live.Id] = good;
        }

        group.ShownInstead[live.Id] = live.BlobHash;
        return group.Opened.GetValueOrDefault(live.Id).Item;
    }

    /// <summary>The chain's version with the given edits, which are this item's, in order.</summary>
    public Overlaid Of(FollowedGroup group, ItemId id, IReadOnlyList<OutboxRow> edits)
    {
        var (current, damage) = OfChain(group, id);
        var storageKey = core.RequireKeys().Daily.StorageKey;
        var losers = new List<Item>();
        for (var i = 0; i < edits.Count; i++)
        {
            var edit = edits[i];
            // A row that the storage key does not open was changed on disk; it stays where it is, as evidence.
            if (edit.IsForgedDelete(storageKey))
            {
                damage = new Fault(FaultCode.ReplicaChanged, "outbox");
                continue;
            }

            if (edit.IsDelete)
            {
                // An edit made after it beats it: laid over nothing, that edit would put what its author saw in the place of what
                // others wrote since, unmerged (a delete that was set aside and is tried again, or one of a branch that was given up).
                current = edits.Skip(i + 1).All(later => later.IsDelete) ? null : current;
                continue;
            }

            if (edit.OpenEdit(storageKey) is not { } made)
            {
                damage = new Fault(FaultCode.ReplicaChanged, "outbox");
                continue;
            }

            if (current is null)
            {
                current = made;
                damage = null;
                continue;
            }

            var merged = ItemMerge.Merge(edit.OpenBase(storageKey), made, current);
            if (merged.LosesTheirs)
            {
                losers.Add(current);
            }

            current = merged.Item;
        }

        return new Overlaid(current, losers, damage);
    }
}
