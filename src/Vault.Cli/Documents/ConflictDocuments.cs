using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>A conflict. The item is null when it was deleted for ever.</summary>
internal sealed record ConflictPart(
    ItemPart Copy, string ItemId, ItemPart? Item, string? ItemAuthor, bool ItemOwn, string? CopyAuthor, bool CopyOwn, DifferencePart[] Differences)
{
    public static ConflictPart Of(ConflictView conflict, bool reveal) => new(
        ItemPart.Of(conflict.Copy),
        conflict.ItemId,
        conflict.Item is null ? null : ItemPart.Of(conflict.Item),
        Text.OrNull(conflict.ItemAuthor),
        conflict.ItemOwn,
        Text.OrNull(conflict.CopyAuthor),
        conflict.CopyOwn,
        [.. conflict.Differences.Select(one => DifferencePart.Of(one, reveal))]);
}

/// <summary>One part in which the two differ. A value is null when that side lacks the part, or it is a secret and was not revealed.</summary>
internal sealed record DifferencePart(
    string Id, string Label, string? Section, bool Concealed, bool InItem, bool InCopy, string? ItemValue, string? CopyValue)
{
    public static DifferencePart Of(PartDifference one, bool reveal)
    {
        var isShown = reveal || !one.Concealed;
        return new DifferencePart(
            one.Id,
            one.Label,
            Text.OrNull(one.Section),
            one.Concealed,
            one.InItem,
            one.InCopy,
            isShown && one.InItem ? one.ItemValue : null,
            isShown && one.InCopy ? one.CopyValue : null);
    }
}

/// <summary>svault.conflict.list/v1</summary>
internal sealed record ConflictListDocument(string Schema, ConflictPart[] Conflicts);

/// <summary>svault.conflict.show/v1</summary>
internal sealed record ConflictDocument(string Schema, ConflictPart Conflict, FreshnessPart? Freshness);

/// <summary>svault.conflict.resolve/v1. The item is null when the deletion stands; the other is in the trash, or kept beside it.</summary>
internal sealed record ConflictResolveDocument(string Schema, ItemPart? Item, ItemPart? Other, WritePart Write);
