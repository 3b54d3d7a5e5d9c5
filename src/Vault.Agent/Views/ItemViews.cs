using Vault.Agent.Items;
using Vault.Ipc.V1;
using Vault.Protocol.V1;
using FieldType = Vault.Ipc.V1.FieldType;
using ItemView = Vault.Ipc.V1.ItemView;

namespace Vault.Agent.Views;

/// <summary>Items as the contract shows them: secrets masked unless revealed.</summary>
internal static class ItemViews
{
    private static readonly string[] s_subtitleFields = ["username", "cardholder", "full-name", "ssid", "email", "hostname"];

    public static ItemSummary Summary(Client.Items.ItemView item, string group)
    {
        var summary = new ItemSummary
        {
            Id = item.Id.ToString(),
            GroupId = item.Group.ToString(),
            Group = group,
            Type = ItemTypes.FromFormat(item.Item.Type),
            Title = item.Item.Title,
            Subtitle = SubtitleOf(item.Item),
            Url = item.Item.Urls.FirstOrDefault()?.Url_ ?? "",
            ModifiedMs = item.Item.ModifiedMs,
            Trashed = item.Trashed,
            Conflict = item.ConflictOf is not null,
            Damaged = item.Damage is not null,
            Pending = item.Pending,
        };
        summary.Tags.Add(item.Item.Tags);
        return summary;
    }

    public static ItemView Whole(Client.Items.ItemView item, string group, bool reveal)
    {
        var plain = item.Item;
        var maskNotes = ItemTypes.NotesAreSecret(ItemTypes.FromFormat(plain.Type)) && !reveal;
        var view = new ItemView
        {
            Summary = Summary(item, group),
            Notes = maskNotes ? "" : plain.Notes,
            HasNotes = plain.Notes.Length > 0,
            CreatedMs = plain.CreatedMs,
            History = (uint)plain.History.Count,
        };
        view.Fields.Add(plain.Fields.Select(field => Of(plain, field, reveal)));
        view.Urls.Add(plain.Urls.Select(url => new UrlView { Url = url.Url_, Label = url.Label }));
        view.Attachments.Add(plain.Attachments.Select(file => new AttachmentView { Name = file.Name, Size = file.Size, MediaType = file.MediaType }));
        return view;
    }

    public static FieldView Of(Item item, Field field, bool reveal)
    {
        var concealed = IsConcealed(field);
        return new FieldView
        {
            Id = field.Id,
            Label = ItemFinder.LabelOf(field),
            Type = (FieldType)field.Type,
            Section = SectionOf(item, field),
            Concealed = concealed,
            Value = concealed && !reveal ? "" : field.Value,
            HasValue = field.Value.Length > 0,
        };
    }

    /// <summary>The label of the section that a field stands in. Empty: none.</summary>
    public static string SectionOf(Item item, Field field) => item.Sections.FirstOrDefault(section => section.Id == field.Section)?.Label ?? "";

    public static bool IsConcealed(Field field) => FieldTypes.AreConcealed((FieldType)field.Type);

    private static string SubtitleOf(Item item) => s_subtitleFields
        .Select(id => item.Fields.FirstOrDefault(field => field.Id == id && field.Value.Length > 0 && !IsConcealed(field))?.Value)
        .FirstOrDefault(value => value is not null) ?? "";
}
