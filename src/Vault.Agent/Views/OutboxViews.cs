using Vault.Agent.Items;
using Vault.Client;
using Vault.Client.Items;
using Vault.Core;
using Vault.Ipc.V1;

namespace Vault.Agent.Views;

/// <summary>Edits that are not in the chain yet, as the contract shows them: which parts they set, never to what.</summary>
internal static class OutboxViews
{
    private const string TrashPart = "trash";

    public static OutboxEditView Of(VaultClient client, OutboxEdit edit)
    {
        var view = new OutboxEditView
        {
            OpId = edit.OpId,
            GroupId = edit.Group.ToString(),
            Group = client.Groups.Show(edit.Group).Name,
            ItemId = edit.Item.ToString(),
            Title = (edit.Made ?? edit.Seen)?.Title ?? "",
            State = edit.IsSigned ? OutboxState.Signed : edit.State == EditState.Quarantined ? OutboxState.SetAside : OutboxState.Waiting,
            Kind = edit.IsDelete ? OutboxKind.Delete
                : edit.Made is null ? OutboxKind.Unspecified
                : edit.Seen is null ? OutboxKind.Add
                : OutboxKind.Change,
            MadeMs = edit.MadeMs > 0 ? edit.MadeMs : edit.Made?.ModifiedMs ?? 0,
        };
        if (edit.Reason is { } reason)
        {
            view.Reason = new VaultException(reason).Message;
            view.Fault = (uint)reason.Code;
            view.FaultName = FaultNames.Of(reason.Code);
        }

        if (edit.Made is { } made)
        {
            view.Parts.Add(ItemParts.Between(edit.Seen, made)
                .Where(part => edit.Seen is not null || part.Id != ItemParts.Type)
                .Select(part => part.Any.Section.Length == 0 ? part.Any.Label : $"{part.Any.Section}.{part.Any.Label}"));
            if (made.TrashedMs != 0 != (edit.Seen is { TrashedMs: not 0 }))
            {
                view.Parts.Add(TrashPart);
            }
        }

        return view;
    }
}
