using Vault.Agent.Items;
using Vault.Client;
using Vault.Core.Ids;
using Vault.Ipc.V1;
using ClientConflict = Vault.Client.Items.ConflictView;

namespace Vault.Agent.Views;

/// <summary>Conflicts, as the contract shows them: secrets masked unless revealed.</summary>
internal static class ConflictViews
{
    public static ConflictView Of(VaultClient client, ClientConflict conflict, bool reveal)
    {
        var group = conflict.Copy.Group;
        var name = client.Groups.Show(group).Name;
        var members = client.Groups.Members(group).ToDictionary(member => member.Account, member => member.Name);
        var self = client.Accounts.WhoAmI().Account;
        string NameOf(AccountId? account) => account is { } known ? members.GetValueOrDefault(known, "") : "";
        var view = new ConflictView
        {
            Copy = ItemViews.Summary(conflict.Copy, name),
            ItemId = conflict.ItemId.ToString(),
            ItemAuthor = NameOf(conflict.Item?.Author),
            ItemOwn = conflict.Item?.Author == self,
            CopyAuthor = NameOf(conflict.CopyAuthor),
            CopyOwn = conflict.CopyAuthor == self,
        };
        if (conflict.Item is { } item)
        {
            view.Item = ItemViews.Summary(item, name);
        }

        view.Differences.Add(ItemParts.Between(conflict.Item?.Item, conflict.Copy.Item).Select(one => Of(one, reveal)));
        return view;
    }

    private static PartDifference Of(PartDifferent different, bool reveal)
    {
        var isMasked = different.Concealed && !reveal;
        return new PartDifference
        {
            Id = different.Id,
            Label = different.Any.Label,
            Section = different.Any.Section,
            Concealed = different.Concealed,
            InItem = different.Left is not null,
            InCopy = different.Right is not null,
            ItemValue = isMasked ? "" : different.Left?.Value ?? "",
            CopyValue = isMasked ? "" : different.Right?.Value ?? "",
        };
    }
}
