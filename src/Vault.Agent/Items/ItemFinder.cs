using Vault.Client;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Ipc;
using Vault.Ipc.V1;
using Vault.Protocol.V1;
using ItemView = Vault.Client.Items.ItemView;

namespace Vault.Agent.Items;

/// <summary>Finds the one item and the one field that a selector names. Several are an error with candidates, never the first.</summary>
internal static class ItemFinder
{
    /// <param name="withTrash">Whether a title or a URL may name an item in the trash, where it names none outside.</param>
    public static ItemView Find(VaultClient client, Selector selector, bool withTrash = false)
    {
        GroupId? group = selector.Group is null ? null : client.Groups.Find(selector.Group).Id;
        var all = client.Items.Find(selector.Item, group, withTrash);
        var found = all.All(item => item.Trashed) ? all : [.. all.Where(item => !item.Trashed)];
        return found switch
        {
            [var one] => one,
            [] when !withTrash && client.Items.Find(selector.Item, group, withTrash: true).Count > 0 => throw new AgentException(
                ExitCode.NotFound, $"\"{selector.Item}\" is in the trash. Name it by its id, or restore it.", "svault ls --trash"),
            [] => throw new AgentException(ExitCode.NotFound, $"Nothing is called \"{selector.Item}\".", "svault ls"),
            _ => throw AgentException.Ambiguous(
                $"{found.Count} items are called \"{selector.Item}\".", NextStep(found), found.Select(item => CandidateOf(client, item))),
        };
    }

    // A copy bears its item's title: what looks like two items is one that was changed twice.
    private static string NextStep(IReadOnlyList<ItemView> found) => found.Any(item => item.ConflictOf is not null)
        ? "Choose one by its id. They are versions of an item that was changed twice: svault conflict list, then svault conflict resolve."
        : "Choose one by its id.";

    /// <summary>The field with this id or label; null when there is none.</summary>
    public static Field? FindField(Item item, string? section, string name)
    {
        var inSection = section is null
            ? item.Fields
            : item.Fields.Where(field => item.Sections.Any(one => one.Id == field.Section && Same(one.Label, section)));
        var byId = inSection.FirstOrDefault(field => field.Id == name);
        if (byId is not null)
        {
            return byId;
        }

        var byLabel = inSection.Where(field => Same(LabelOf(field), name) || Same(field.Id, name)).ToArray();
        return byLabel.Length <= 1
            ? byLabel.FirstOrDefault()
            : throw new AgentException(ExitCode.Ambiguous, $"Several fields are called \"{name}\".", "Name the section before it, as in section.field.");
    }

    /// <summary>The label as shown.</summary>
    public static string LabelOf(Field field) => field.Label.Length > 0 ? field.Label : ItemTemplates.Find(field.Id)?.Label ?? field.Id;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>An item as one of several that a name may mean.</summary>
    public static Candidate CandidateOf(VaultClient client, ItemView item) => new()
    {
        Selector = item.Id.ToString(),
        Id = item.Id.ToString(),
        Title = item.Item.Title,
        Group = client.Groups.Show(item.Group).Name,
    };
}
