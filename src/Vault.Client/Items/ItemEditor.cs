using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Protocol.V1;

namespace Vault.Client.Items;

/// <summary>Accepts edits: once it returns, the edit is on disk with everything that is needed to send it, and visible.</summary>
internal sealed class ItemEditor(ClientCore core, ItemOverlay overlay, OutboxSender outbox)
{
    /// <summary>Accepts new content; a null base means that the item is new to the person. Null content deletes for ever.</summary>
    public OperationId Accept(FollowedGroup group, ItemId id, Item? seen, Item? made) => AcceptAll(group, [(id, seen, made)])[0];

    /// <summary>Accepts several, in one transaction: all of them are kept, or none.</summary>
    public IReadOnlyList<OperationId> AcceptAll(FollowedGroup group, IReadOnlyList<(ItemId Id, Item? Seen, Item? Made)> changes)
    {
        if (changes.FirstOrDefault(change => change.Made?.CalculateSize() > Padding.MaximumPlaintext).Made is { } large)
        {
            throw VaultException.Refuse(
                ClientRefusal.TooLarge, $"The item has {large.CalculateSize():N0} bytes; {Padding.MaximumPlaintext:N0} are possible.");
        }

        var rows = changes.Select(change => Row(group, change.Id, change.Seen, change.Made)).ToList();
        SignedCommit? staged = null;
        core.Replica.Database.Transact("edit", () =>
        {
            rows.ForEach(row => core.Replica.Outbox.Add(row.Op, group.Id, row.Id, row.BaseHash, row.BaseBox, row.EditBox, row.DeleteBox, core.WallMs));
            staged = outbox.Stage(group);
        });
        group.Staged = staged ?? group.Staged;
        core.RaiseChanged(group.Id);
        core.Wake.Set();
        return [.. rows.Select(row => row.Op)];
    }

    /// <summary>Inside a transaction of the caller: accepts an edit, to be sent by the loop.</summary>
    public void Place(FollowedGroup group, ItemId id, Item? seen, Item? made)
    {
        var row = Row(group, id, seen, made);
        core.Replica.Outbox.Add(row.Op, group.Id, row.Id, row.BaseHash, row.BaseBox, row.EditBox, row.DeleteBox, core.WallMs);
    }

    /// <summary>
    /// Throws an edit away, and with it the signed commit that carries it, if that never left this process: other edits in it wait
    /// as before. A commit that was sent may stand already, whatever became of the answer, and forgetting the edit takes nothing back.
    /// </summary>
    public void Discard(OutboxRow edit)
    {
        var group = core.Groups.GetValueOrDefault(edit.Group);
        var carrier = core.Replica.Journal.InFlight(edit.Group).FirstOrDefault(row => row.Ops.Contains(edit.Op) && group?.IsPassed(row.Head) != true);
        if (carrier is not null && group?.Staged?.Commit.Head != carrier.Head)
        {
            throw VaultException.Refuse(
                ClientRefusal.InFlight, "This edit is on its way and may have arrived. Once it is saved, change the item or delete it.");
        }

        core.Replica.Database.Transact("discard", () =>
        {
            if (carrier is not null)
            {
                core.Replica.Journal.Withdraw(carrier.Head.Id);
            }

            core.Replica.Outbox.Delete(edit.Op);
        });
        if (carrier is not null)
        {
            group!.Staged = null;
        }

        core.RaiseChanged(edit.Group);
        core.Wake.Set();
    }

    /// <summary>The item as it is seen now, with unsent edits. Null: there is none.</summary>
    public Overlaid? See(FollowedGroup group, ItemId id)
    {
        var edits = core.Replica.Outbox.Of(group.Id, id).Where(edit => !edit.Quarantined).ToList();
        var known = edits.Count > 0 || (group.State?.Items.ContainsKey(id) ?? false);
        return known ? overlay.Of(group, id, edits) : null;
    }

    /// <summary>Every item as it is seen now, by id; those that unsent edits delete are left out.</summary>
    public SortedDictionary<ItemId, (Overlaid Laid, bool Pending)> SeeAll(FollowedGroup group)
    {
        var edits = core.Replica.Outbox.Of(group.Id).Where(edit => !edit.Quarantined).ToLookup(edit => edit.Item);
        var ids = (group.State?.Items.Keys ?? []).Concat(edits.Select(item => item.Key)).Distinct();
        var all = new SortedDictionary<ItemId, (Overlaid, bool)>();
        foreach (var id in ids)
        {
            var laid = overlay.Of(group, id, [.. edits[id]]);
            if (laid.Item is not null || laid.Damage is not null)
            {
                all.Add(id, (laid, edits[id].Any()));
            }
        }

        return all;
    }

    /// <summary>How many items are listed, and how many are conflict copies, as they are seen now.</summary>
    public (int Listed, int Conflicts) Count(FollowedGroup group) => group.Tally.Count(group, overlay, core.Replica.Outbox.Of(group.Id));

    private (OperationId Op, ItemId Id, BlobHash? BaseHash, byte[]? BaseBox, byte[]? EditBox, byte[]? DeleteBox) Row(FollowedGroup group, ItemId id, Item? seen, Item? made)
    {
        var key = core.RequireKeys().Daily.StorageKey;
        var random = core.Seams.Random;
        var op = OperationId.Create(random);
        var baseBox = seen is null ? null : OutboxRow.Seal(key, op, group.Id, id, OutboxRow.BasePart, seen, random);
        var editBox = made is null ? null : OutboxRow.Seal(key, op, group.Id, id, OutboxRow.EditPart, made, random);
        var deleteBox = made is null ? OutboxRow.Seal(key, op, group.Id, id, OutboxRow.DeletePart, new Item(), random) : null;

        // What the person saw, which is older than the chain while the newest blob is withheld or damaged.
        var baseHash = group.Opened.TryGetValue(id, out var shown) ? shown.Hash : group.State?.Items.GetValueOrDefault(id)?.BlobHash;
        return (op, id, baseHash, baseBox, editBox, deleteBox);
    }
}
