using Vault.Core;
using Vault.Core.Ids;

namespace Vault.Client.Sync;

/// <summary>
/// How much of the members' newer account entries one commit carries. A chain may have 256 KiB, a group 500 members and a commit
/// 1 MiB, so large gaps are closed by commits that do nothing else, before the commit that was wanted.
/// </summary>
internal static class AnchorBatch
{
    // Beside an epoch for 500 members and an added person's whole chain there is room for so much.
    private const int BesideBytes = 64 << 10;
    private const int BesideCount = 64;

    // Alone: the head's own fields are below 1 KiB, an entry's framing below 16 bytes.
    private const int AloneBytes = Limits.BodyBytes - (64 << 10);

    /// <summary>What to send first, alone, the author's own among it if that moves. Null: all of it fits beside a change.</summary>
    public static SortedDictionary<AccountId, MovedAnchor>? First(SortedDictionary<AccountId, MovedAnchor> moved, AccountId author)
    {
        if (moved.Count <= BesideCount && moved.Values.Sum(Bytes) <= BesideBytes)
        {
            return null;
        }

        var first = new SortedDictionary<AccountId, MovedAnchor>();
        long bytes = 0;
        foreach (var (id, anchor) in moved.OrderByDescending(pair => pair.Key == author))
        {
            if (first.Count < Limits.CommitChanges && bytes + Bytes(anchor) <= AloneBytes)
            {
                bytes += Bytes(anchor);
                first.Add(id, anchor);
            }
        }

        return first;
    }

    private static long Bytes(MovedAnchor anchor) => anchor.Entries.Sum(entry => (long)entry.CalculateSize() + 8) + 64;
}
