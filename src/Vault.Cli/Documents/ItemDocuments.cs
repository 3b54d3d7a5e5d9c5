using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>An item in a list.</summary>
internal sealed record ItemPart(
    string Id,
    string GroupId,
    string Group,
    string Type,
    string Title,
    string? Subtitle,
    string? Url,
    string[] Tags,
    string? ModifiedAt,
    bool Trashed,
    bool Conflict,
    bool Damaged,
    bool Pending)
{
    public static ItemPart Of(ItemSummary item) => new(
        item.Id,
        item.GroupId,
        item.Group,
        Names.Of(item.Type),
        item.Title,
        Text.OrNull(item.Subtitle),
        Text.OrNull(item.Url),
        [.. item.Tags],
        Durations.Utc(item.ModifiedMs),
        item.Trashed,
        item.Conflict,
        item.Damaged,
        item.Pending);
}

/// <summary>How a write stands.</summary>
internal sealed record WritePart(string State, ulong? Seq, uint Pending, string? Reason)
{
    public static WritePart Of(WriteOutcome write) =>
        new(Names.Of(write.State), write.Seq == 0 ? null : write.Seq, write.Pending, Text.OrNull(write.Reason));
}

/// <summary>svault.item.add/v1, .edit/v1 and .rm/v1</summary>
internal sealed record ItemWriteDocument(string Schema, ItemPart Item, WritePart Write, bool? Unchanged)
{
    public static ItemWriteDocument Of(string verb, ItemSummary item, WriteOutcome write, bool? unchanged = null) =>
        new($"svault.item.{verb}/v1", ItemPart.Of(item), WritePart.Of(write), unchanged);
}

/// <summary>A field. The value is null when it is a secret and was not revealed.</summary>
internal sealed record FieldPart(string Id, string Label, string? Section, string Type, bool Concealed, bool HasValue, string? Value)
{
    public static FieldPart Of(FieldView field, string? value) => new(
        field.Id, field.Label, Text.OrNull(field.Section), Names.Of(field.Type), field.Concealed, field.HasValue, value);
}

/// <summary>svault.item.get/v1</summary>
internal sealed record FieldDocument(string Schema, ItemPart Item, FieldPart Field, FreshnessPart? Freshness);

/// <summary>svault.item.show/v1</summary>
internal sealed record ItemDocument(
    string Schema,
    ItemPart Item,
    string? Notes,
    bool HasNotes,
    FieldPart[] Fields,
    UrlPart[] Urls,
    AttachmentPart[] Attachments,
    string? CreatedAt,
    uint History,
    FreshnessPart? Freshness)
{
    public static ItemDocument Of(ItemView item, Freshness freshness, bool reveal) => new(
        "svault.item.show/v1",
        ItemPart.Of(item.Summary),
        Text.OrNull(item.Notes),
        item.HasNotes,
        [.. item.Fields.Select(field => FieldPart.Of(field, field.HasValue && (reveal || !field.Concealed) ? field.Value : null))],
        [.. item.Urls.Select(url => new UrlPart(url.Url, Text.OrNull(url.Label)))],
        [.. item.Attachments.Select(file => new AttachmentPart(file.Name, file.Size, Text.OrNull(file.MediaType)))],
        Durations.Utc(item.CreatedMs),
        item.History,
        FreshnessPart.Of(freshness));
}

/// <summary>Where an item is used.</summary>
internal sealed record UrlPart(string Url, string? Label);

/// <summary>A file of an item.</summary>
internal sealed record AttachmentPart(string Name, ulong Size, string? MediaType);

/// <summary>svault.item.ls/v1</summary>
internal sealed record ItemListDocument(string Schema, ItemPart[] Items, GroupFreshnessPart[] Groups);

/// <summary>A group's freshness beside its name.</summary>
internal sealed record GroupFreshnessPart(string GroupId, string Group, FreshnessPart? Freshness);
