using Vault.Protocol.V1;

namespace Vault.Core.Items;

/// <summary>Earlier values of concealed fields, kept inside the item (FORMAT.md, section 7).</summary>
public static class ItemHistory
{
    /// <summary>
    /// Adds to <paramref name="after"/> the values of concealed fields that it no longer holds, newest first.
    /// <paramref name="nowMs"/> is the author's clock in milliseconds since 1970-01-01 UTC; for display only.
    /// </summary>
    public static void Keep(Item before, Item after, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var kept = ValuesById(after);
        Put(after, before.Fields.Where(field => IsConcealed(field.Type) && field.Value.Length > 0)
            .Where(old => !kept.TryGetValue(old.Id, out var now) || !string.Equals(now, old.Value, StringComparison.Ordinal))
            .Select(old => new HistoryEntry { Field = old.Id, Value = old.Value, ReplacedMs = nowMs }));
    }

    /// <summary>Whether values of this type are masked, and kept in history when replaced.</summary>
    public static bool IsConcealed(FieldType type) =>
        type is FieldType.Concealed or FieldType.Totp or FieldType.PrivateKey or FieldType.Bytes;

    /// <summary>Values of fields by id; of a malformed item the first with an id counts.</summary>
    internal static Dictionary<string, string> ValuesById(Item item)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in item.Fields)
        {
            _ = values.TryAdd(field.Id, field.Value);
        }

        return values;
    }

    /// <summary>Puts entries before the history, the last of them first, and drops the oldest beyond what an item holds.</summary>
    internal static void Put(Item item, IEnumerable<HistoryEntry> entries)
    {
        // At once: an item may have as many fields as fit into a megabyte (attack: whoever edits such a one computes for minutes).
        List<HistoryEntry> history = [.. entries.Reverse().Concat(item.History).Take(ItemMerge.HistoryMax)];
        item.History.Clear();
        item.History.Add(history);
    }
}
