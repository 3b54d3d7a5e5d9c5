using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Items;

/// <summary>
/// Whose version a conflict copy holds. Whoever merges writes both, so the copy's own commit names the wrong person: the copy
/// holds what stood before in the item that the same commit puts, or, where it puts only the copy, its author's own edit.
/// </summary>
internal sealed class ConflictOrigins(ClientCore core)
{
    /// <summary>The author of each copy's version, from the verified chain. Null: the copy is not in the chain.</summary>
    /// <param name="copies">Copies with the item that each belongs to.</param>
    public IReadOnlyDictionary<ItemId, AccountId?> Of(FollowedGroup group, IReadOnlyDictionary<ItemId, ItemId> copies)
    {
        var authors = copies.Keys.ToDictionary(copy => copy, _ => (AccountId?)null);
        if (copies.Count == 0)
        {
            return authors;
        }

        var originals = copies.Values.ToHashSet();
        var last = new Dictionary<ItemId, AccountId>();
        foreach (var entry in core.Replica.Chains.Commits(group.Id))
        {
            var body = GroupBody.Parser.ParseFrom(entry.Body);
            var author = AccountId.Parse(body.AuthorAccount.Span);
            var puts = body.Puts.Select(put => (Id: ItemId.Parse(put.Item.Span), IsNew: put.Replaces.IsEmpty)).ToList();
            foreach (var (copy, _) in puts.Where(put => put.IsNew && copies.ContainsKey(put.Id)))
            {
                var merged = puts.Any(put => put.Id == copies[copy]);
                authors[copy] = merged ? last.TryGetValue(copies[copy], out var before) ? before : null : author;
            }

            foreach (var (id, _) in puts.Where(put => originals.Contains(put.Id)))
            {
                last[id] = author;
            }
        }

        return authors;
    }
}
