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
        foreach (var old in before.Fields.Where(field => IsConcealed(field.Type) && field.Value.Length > 0))
        {
            var now = after.Fields.FirstOrDefault(field => string.Equals(field.Id, old.Id, StringComparison.Ordinal));
            if (now is null || !string.Equals(now.Value, old.Value, StringComparison.Ordinal))
            {
                after.History.Insert(0, new HistoryEntry { Field = old.Id, Value = old.Value, ReplacedMs = nowMs });
            }
        }

        while (after.History.Count > ItemMerge.HistoryMax)
        {
            after.History.RemoveAt(after.History.Count - 1);
        }
    }

    /// <summary>Whether values of this type are masked, and kept in history when replaced.</summary>
    public static bool IsConcealed(FieldType type) =>
        type is FieldType.Concealed or FieldType.Totp or FieldType.PrivateKey or FieldType.Bytes;
}
