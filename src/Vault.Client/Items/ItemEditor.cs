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
    public OperationId Accept(FollowedGroup group, ItemId id, Item? seen, Item? made)
    {
        if (made is not null && made.CalculateSize() > Padding.MaximumPlaintext)
        {
            throw VaultException.Refuse(
                ClientRefusal.TooLarge, $"The item has {made.CalculateSize():N0} bytes; {Padding.MaximumPlaintext:N0} are possible.");
        }

        var key = core.RequireKeys().Daily.StorageKey;
        var op = OperationId.Create(core.Seams.Random);
        var random = core.Seams.Random;
        var baseBox = seen is null ? null : OutboxRow.Seal(key, op, group.Id, id, 0, seen, random);
        var editBox = made is null ? null : OutboxRow.Seal(key, op, group.Id, id, 1, made, random);

        // What the person saw, which is older than the chain while the newest blob is withheld or damaged.
        var baseHash = group.Opened.TryGetValue(id, out var shown) ? shown.Hash : group.State?.Items.GetValueOrDefault(id)?.BlobHash;
        SignedCommit? staged = null;
        core.Replica.Database.Transact("edit", () =>
        {
            core.Replica.Outbox.Add(op, group.Id, id, baseHash, baseBox, editBox);
            staged = outbox.Stage(group);
        });
        group.Staged = staged ?? group.Staged;
        core.RaiseChanged(group.Id);
        core.Wake.Set();
        return op;
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
                ClientRefusal.BadArgument, "This edit is on its way and may have arrived. Once it is saved, change the item or delete it.");
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
}
