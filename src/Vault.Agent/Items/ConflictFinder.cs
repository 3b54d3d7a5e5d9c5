using Vault.Client;
using Vault.Core.Ids;
using Vault.Ipc;
using Vault.Ipc.V1;
using ConflictView = Vault.Client.Items.ConflictView;

namespace Vault.Agent.Items;

/// <summary>Finds the one conflict that a selector names, by its copy or by its item. Both usually bear one title.</summary>
internal static class ConflictFinder
{
    public static ConflictView Find(VaultClient client, Selector selector)
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
            _ => throw Ambiguous(client, selector.Item, found),
        };
    }

    private static AgentException Ambiguous(VaultClient client, string name, ConflictView[] found)
    {
        var error = new AgentError
        {
            Code = ExitCode.Ambiguous,
            Message = $"{found.Length} conflicts are called \"{name}\".",
            NextStep = "Choose one by the id of its copy.",
        };
        error.Candidates.Add(found.Take(100).Select(conflict => new Candidate
        {
            Selector = conflict.Copy.Id.ToString(),
            Id = conflict.Copy.Id.ToString(),
            Title = conflict.Copy.Item.Title,
            Group = client.Groups.Show(conflict.Copy.Group).Name,
        }));
        return new AgentException(error);
    }
}
