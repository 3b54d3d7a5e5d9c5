using Vault.Core.Ids;

namespace Vault.Client.Sync;

/// <summary>
/// Heads of one's own verified chain for a relay to find the newest among that it knows too: each step back is twice the one before, so
/// a few say where two chains part to within a factor of two, and the genesis, which is the group's id, is always in common.
/// </summary>
internal static class KnownHeads
{
    /// <summary>Newest first, the genesis last. Empty: nothing is verified here.</summary>
    public static List<ChainHead> Of(FollowedGroup group)
    {
        var heads = new List<ChainHead>();
        var at = group.Ids.Count - 1;
        for (var step = 1; at > 0; step *= 2)
        {
            heads.Add(new ChainHead((ulong)at, group.Ids[at]));
            at -= step;
        }

        if (group.Ids.Count > 0)
        {
            heads.Add(new ChainHead(0, group.Ids[0]));
        }

        return heads;
    }
}
