using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Chains;

/// <summary><c>id = H(tag, prev_id, H(tag', body, signatures…))</c>: position and content in one name. FORMAT.md, section 3.</summary>
public static class EntryIds
{
    /// <summary>The id of an account entry after the entry with the given id (zero before a genesis).</summary>
    public static EntryId OfAccountEntry(EntryId prev, SignedEntry entry) => Of(Purpose.HashAccountEntry, prev, entry);

    /// <summary>The id of the entry at a position of an account chain that is given from its genesis, at least that far.</summary>
    public static EntryId OfAccountEntryAt(IReadOnlyList<SignedEntry> entries, ulong seq)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var id = new EntryId(Hash32.Zero);
        for (var i = 0; i <= (int)seq; i++)
        {
            id = OfAccountEntry(id, entries[i]);
        }

        return id;
    }

    /// <summary>The id of a group commit after the commit with the given id (zero before a genesis).</summary>
    public static EntryId OfGroupCommit(EntryId prev, SignedEntry entry) => Of(Purpose.HashGroupCommit, prev, entry);

    private static EntryId Of(Purpose tag, EntryId prev, SignedEntry entry)
    {
        var parts = new List<ReadOnlyMemory<byte>>(1 + entry.Signatures.Count) { entry.Body.Memory };
        foreach (var signature in entry.Signatures)
        {
            parts.Add(signature.Memory);
        }

        var content = TaggedHash.OfAll(Purpose.HashSignedBody, parts);
        return EntryId.Parse(TaggedHash.Of(tag, prev.ToArray(), content));
    }
}
