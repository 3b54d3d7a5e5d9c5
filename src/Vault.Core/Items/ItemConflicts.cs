using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Items;

/// <summary>
/// Conflict copies: the version that a merge could not keep, as an item of its own that names the item it belongs to in the
/// built-in field <c>conflict-of</c>. People see it, take what they want from it, and remove it.
/// </summary>
public static class ItemConflicts
{
    /// <summary>The losing version as an item of its own.</summary>
    public static Item CopyOf(Item loser, ItemId item)
    {
        ArgumentNullException.ThrowIfNull(loser);
        var copy = loser.Clone();
        Unmark(copy);
        copy.Fields.Add(new Field { Id = ItemTemplates.ConflictOf, Type = FieldType.Text, Value = item.ToString() });
        return copy;
    }

    /// <summary>The item that this one is a conflict copy of. Null: it is none.</summary>
    public static ItemId? ConflictOf(Item item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var mark = item.Fields.FirstOrDefault(field => string.Equals(field.Id, ItemTemplates.ConflictOf, StringComparison.Ordinal));
        return mark is not null && TryParseHex(mark.Value, out var id) ? id : null;
    }

    /// <summary>Makes a conflict copy an ordinary item.</summary>
    public static void Unmark(Item item)
    {
        ArgumentNullException.ThrowIfNull(item);
        for (var i = item.Fields.Count - 1; i >= 0; i--)
        {
            if (string.Equals(item.Fields[i].Id, ItemTemplates.ConflictOf, StringComparison.Ordinal))
            {
                item.Fields.RemoveAt(i);
            }
        }
    }

    private static bool TryParseHex(string text, out ItemId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[ItemId.Size];
        return text.Length == ItemId.Size * 2
            && Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == ItemId.Size
            && ItemId.TryParse(bytes, out id);
    }
}
