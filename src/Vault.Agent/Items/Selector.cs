using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Items;

/// <summary>
/// What a person wrote to name an item and perhaps a field: <c>group/item#section.field</c>, an id, a URL, or
/// <c>svault://group/item/section/field</c>.
/// </summary>
/// <param name="Group">Group by name or id. Null: any.</param>
/// <param name="Item">Item by title, id or URL.</param>
/// <param name="Section">Section of the field. Null: any.</param>
/// <param name="Field">Field by id or label. Null: none named.</param>
internal sealed record Selector(string? Group, string Item, string? Section, string? Field)
{
    private const string Scheme = "svault://";
    private const int LengthMax = 2_048;

    /// <summary>Reads a selector.</summary>
    /// <exception cref="AgentException">USAGE: it cannot mean anything.</exception>
    public static Selector Parse(string text)
    {
        if (text.Length is 0 or > LengthMax)
        {
            throw Unreadable("A selector has 1 to 2,048 characters.");
        }

        return text.StartsWith(Scheme, StringComparison.Ordinal) ? Reference(text[Scheme.Length..]) : Plain(text);
    }

    /// <summary>Reads a selector where an item is meant.</summary>
    /// <exception cref="AgentException">USAGE: it names a field, or cannot mean anything.</exception>
    public static Selector ParseItem(string text)
    {
        var selector = Parse(text);
        return selector.Field is null
            ? selector
            : throw new AgentException(ExitCode.Usage, "This names a field; an item is needed.", "Leave out what follows #.");
    }

    private static Selector Reference(string path)
    {
        var parts = path.Split('/').Select(Decode).ToArray();
        return parts.Length is >= 2 and <= 4 && parts.All(part => part.Length > 0)
            ? new Selector(parts[0], parts[1], parts.Length == 4 ? parts[2] : null, parts.Length >= 3 ? parts[^1] : null)
            : throw Unreadable("A reference is svault://group/item/section/field.");
    }

    private static Selector Plain(string text)
    {
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var name = hash < 0 ? text : text[..hash];
        var (section, field) = hash < 0 ? (null, null) : FieldName(text[(hash + 1)..]);
        if (name.Length == 0)
        {
            throw Unreadable("No item is named before #.");
        }

        // A URL names an item by where it is used.
        var slash = name.Contains("://", StringComparison.Ordinal) ? -1 : name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return new Selector(null, Decode(name), section, field);
        }

        return slash > 0 && slash < name.Length - 1
            ? new Selector(Decode(name[..slash]), Decode(name[(slash + 1)..]), section, field)
            : throw new AgentException(
                ExitCode.Usage, "A group or an item is missing beside /.", "Write group/item; a / that belongs to a name is %2F (svault help selectors).");
    }

    /// <summary>A field as it is named: <c>field</c> or <c>section.field</c>.</summary>
    public static (string? Section, string? Field) FieldName(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 || dot == text.Length - 1
            ? (null, text.Length == 0 ? throw Unreadable("No field is named after #.") : Decode(text))
            : (Decode(text[..dot]), Decode(text[(dot + 1)..]));
    }

    private static string Decode(string part) => Uri.UnescapeDataString(part);

    private static AgentException Unreadable(string why) => new(ExitCode.Usage, why, "svault help selectors");
}
