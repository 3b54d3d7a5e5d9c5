using Vault.Client.Sync;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Items;

/// <summary>What a branch made of one item, as an edit that can be laid over whatever the item is on another.</summary>
/// <param name="BaseHash">The item's blob where the branches part. Null: it was new.</param>
/// <param name="Made">Null: deleted for ever.</param>
internal sealed record LostEdit(ItemId Id, BlobHash? BaseHash, Item? Seen, Item? Made);

/// <summary>Turns the items of a branch that is given up into edits. What does not open here stays as its former value, as it was.</summary>
internal sealed class LostItems(ClientCore core, ItemOverlay overlay)
{
    /// <summary>Each item that the verified head has otherwise than an ancestor had it.</summary>
    public List<LostEdit> Edits(FollowedGroup group, VerifiedGroup ancestor)
    {
        var edits = new List<LostEdit>();
        foreach (var id in ancestor.Items.Keys.Union(group.State!.Items.Keys).Order())
        {
            var (was, now) = (ancestor.Items.GetValueOrDefault(id), group.State.Items.GetValueOrDefault(id));
            if (was?.BlobHash == now?.BlobHash)
            {
                continue;
            }

            var made = now is null ? null : overlay.OfChain(group, id).Item;
            var seen = was is null ? null : Open(group, was);
            if (now is null || (made is not null && !made.Equals(seen)))
            {
                edits.Add(new LostEdit(id, was?.BlobHash, seen, made));
            }
        }

        return edits;
    }

    private Item? Open(FollowedGroup group, LiveItem was) =>
        core.RequireKeys().Of(group.Id).KeyOf(was.Epoch) is { } key && core.Replica.Blobs.Read(group.Id, was.BlobHash) is { } blob
            ? ItemBox.Open(key, group.Id, was.Id, was.Epoch, blob)
            : null;
}
