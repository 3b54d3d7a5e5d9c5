using Vault.Agent.Views;
using Vault.Core.Items;
using Vault.Ipc;
using Vault.Ipc.V1;
using Vault.Protocol.V1;

namespace Vault.Agent.Items;

/// <summary>One part of an item that people compare and choose: a field, or what every item has.</summary>
/// <param name="Value">As people read it. Null: the item lacks it.</param>
/// <param name="Content">What tells two versions apart, labels and types included.</param>
internal sealed record ItemPart(string Id, string Label, string Section, bool Concealed, string? Value, object? Content);

/// <summary>A part in which two versions of an item differ. At least one of them has it.</summary>
internal sealed record PartDifferent(ItemPart? Left, ItemPart? Right)
{
    public ItemPart Any => (Left ?? Right)!;

    public string Id => Any.Id;

    public bool Concealed => Left?.Concealed == true || Right?.Concealed == true;
}

/// <summary>Items part by part. A conflict's mark and attachments, whose bytes belong to one item, are no parts.</summary>
internal static class ItemParts
{
    public const string Title = "title";
    public const string Type = "type";
    public const string Notes = "notes";
    public const string Tags = "tags";
    public const string Urls = "urls";
    public const string Passkey = "passkey";

    /// <summary>The parts that have content, in display order.</summary>
    public static IReadOnlyList<ItemPart> Of(Item item)
    {
        var type = ItemTypes.FromFormat(item.Type);
        List<ItemPart> parts = [Open(Title, item.Title), Open(Type, type.ToString())];
        parts.AddRange(item.Fields.Where(field => field.Id != ItemTemplates.ConflictOf).Select(field =>
            new ItemPart(field.Id, ItemFinder.LabelOf(field), ItemViews.SectionOf(item, field), ItemViews.IsConcealed(field), field.Value, field)));
        parts.Add(Open(Urls, string.Join('\n', item.Urls.Select(url => url.Url_))) with { Content = string.Join('\n', item.Urls) });
        parts.Add(Open(Tags, string.Join('\n', item.Tags.Order(StringComparer.Ordinal))));
        parts.Add(Open(Notes, item.Notes) with { Concealed = ItemTypes.NotesAreSecret(type) });
        if (item.Passkey is { } passkey)
        {
            parts.Add(Open(Passkey, "a passkey") with { Content = passkey });
        }

        return [.. parts.Where(part => part.Value is { Length: > 0 } || part.Content is Field)];
    }

    /// <summary>In what two versions differ, in the order of the left one, then what only the right one has.</summary>
    public static IReadOnlyList<PartDifferent> Between(Item? left, Item? right)
    {
        var lefts = left is null ? [] : Of(left);
        var rights = right is null ? [] : Of(right);
        return [.. lefts.Select(part => new PartDifferent(part, rights.FirstOrDefault(other => other.Id == part.Id)))
            .Concat(rights.Where(part => lefts.All(other => other.Id != part.Id)).Select(part => new PartDifferent(null, part)))
            .Where(pair => !Equals(pair.Left?.Content, pair.Right?.Content))];
    }

    /// <summary>The one difference that a name means: by id, else by label, perhaps with the section before a dot.</summary>
    /// <exception cref="AgentException">NOT_FOUND or AMBIGUOUS.</exception>
    public static PartDifferent Named(IReadOnlyList<PartDifferent> differences, string name)
    {
        if (differences.FirstOrDefault(one => one.Id == name) is { } exact)
        {
            return exact;
        }

        var named = differences.Where(one => Same(one.Any.Label, name) || Same($"{one.Any.Section}.{one.Any.Label}", name)).ToArray();
        return named switch
        {
            [var one] => one,
            [] => throw new AgentException(ExitCode.NotFound, $"The two do not differ in \"{name}\".", "svault conflict show"),
            _ => throw new AgentException(ExitCode.Ambiguous, $"Several parts are called \"{name}\".", "Name the section before it, as in section.field."),
        };
    }

    private static ItemPart Open(string id, string value) => new(id, id, "", false, value, value);

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
