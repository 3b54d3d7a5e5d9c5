using Vault.Client;
using Vault.Core.Ids;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Items;

/// <summary>Finds the one conflict that a selector names, by its copy or by its item. Both usually bear one title.</summary>
internal static class ConflictFinder
{
    public static Client.Items.ConflictView Find(VaultClient client, Selector selector)
    {
        GroupId? group = selector.Group is null ? null : client.Groups.Find(selector.Group).Id;
        var items = client.Items.Find(selector.Item, group);
        if (items.Count == 0)
        {
            throw new AgentException(ExitCode.NotFound, $"Nothing is called \"{selector.Item}\".", "svault conflict list");
        }

        var named = items.Select(item => item.Id).ToHashSet();
        var found = items.Select(item => item.Group).Distinct().SelectMany(client.Items.Conflicts)
            .Where(conflict => named.Contains(conflict.Copy.Id) || named.Contains(conflict.ItemId))
            .ToArray();
        return found switch
        {
            [var one] => one,
            [] => throw new AgentException(ExitCode.NotFound, $"\"{selector.Item}\" is in no conflict.", "svault conflict list"),
            _ => throw AgentException.Ambiguous(
                $"{found.Length} conflicts are called \"{selector.Item}\".",
                "Choose one by the id of its copy.",
                found.Select(conflict => ItemFinder.CandidateOf(client, conflict.Copy))),
        };
    }
}
