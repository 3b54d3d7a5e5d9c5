namespace Vault.Cli.Shell;

/// <summary>How an item or a field is named, for people. The agent reads it.</summary>
internal static class SelectorForms
{
    public static IReadOnlyList<(string Form, string Meaning)> All { get; } =
    [
        ("group/item", "The item with this title or id, in the group with this name or id."),
        ("item", "The same in whatever group. Several are an error that lists them with their ids."),
        ("id", "An item's id, or its first digits: eight or more."),
        ("https://example.org", "The item that is used at this address."),
        ("...#field", "One of the above, then a field by its label or id."),
        ("...#section.field", "The same, in a section of the item."),
        ("svault://group/item/field", "A field in one piece, for files and scripts. Without the last part: the item."),
        ("svault://group/item/section/field", "The same, in a section of the item."),
        ("%2F  %23  %2E  %25", "A / # . or % that belongs to a name."),
    ];
}
