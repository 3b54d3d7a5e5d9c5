using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>Deletes and puts: each names the blob that it replaces, so no unseen edit is overwritten (rules 330 to 332, 337).</summary>
internal static class ItemRules
{
    public static Fault? Apply(GroupDraft draft) => Delete(draft) ?? Put(draft);

    private static Fault? Delete(GroupDraft draft)
    {
        foreach (var delete in draft.Body.Deletes)
        {
            var id = ItemId.Parse(delete.Item.Span);
            if (!draft.Now.Items.TryGetValue(id, out var item))
            {
                return new Fault(draft.Now.DeletedItems.Contains(id) ? FaultCode.ItemDeleted : FaultCode.UnknownItem, "deletes");
            }

            if (!Names(delete.Replaces, item))
            {
                return new Fault(FaultCode.Replaces, "deletes");
            }

            draft.Now = draft.Now with { Items = draft.Now.Items.Remove(id), DeletedItems = draft.Now.DeletedItems.Add(id) };
        }

        return null;
    }

    private static Fault? Put(GroupDraft draft)
    {
        var items = draft.Now.Items.ToBuilder();
        foreach (var put in draft.Body.Puts)
        {
            var id = ItemId.Parse(put.Item.Span);
            if (draft.Now.DeletedItems.Contains(id))
            {
                return new Fault(FaultCode.ItemDeleted, "puts");
            }

            var replaced = items.GetValueOrDefault(id);
            if (replaced is null ? !put.Replaces.IsEmpty : !Names(put.Replaces, replaced))
            {
                return new Fault(FaultCode.Replaces, "puts");
            }

            items[id] = new LiveItem(
                id, put.Epoch, BlobHash.Parse(put.BlobHash.Span), put.BlobSize, [.. put.Attachments], draft.Head.Seq, draft.Author, draft.Device);
        }

        if (items.Count > Limits.GroupItems)
        {
            return new Fault(FaultCode.TooManyItems);
        }

        draft.Now = draft.Now with { Items = items.ToImmutable() };
        return null;
    }

    private static bool Names(ByteString replaces, LiveItem item) =>
        BlobHash.TryParse(replaces, out var hash) && hash == item.BlobHash;
}
