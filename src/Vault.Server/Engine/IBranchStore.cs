using System.Collections.Immutable;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>
/// Where branches lie that members brought in a recovery window, beside the chains that stand: design section 5, "of several the
/// operator picks". The engine judges them; the store keeps what it is handed, and is read by the operator's commands.
/// </summary>
public interface IBranchStore
{
    /// <summary>What all branches of this relay take.</summary>
    long Bytes { get; }

    /// <summary>The branches of a group, as they are kept now, in an order that does not change.</summary>
    /// <exception cref="StoreUnavailableException">They cannot be read now.</exception>
    KeptBranches Of(GroupId group);

    /// <summary>The commits of a branch.</summary>
    /// <exception cref="StoreUnavailableException">They cannot be read now.</exception>
    IReadOnlyList<SignedEntry> Commits(KeptBranch branch);

    /// <summary>
    /// Whether a commit is the first of some that the operator cut off and has not picked since: design section 5, what a relay lost is
    /// given back, but what was taken from it is not.
    /// </summary>
    /// <param name="seq">Where it stands.</param>
    /// <exception cref="StoreUnavailableException">That cannot be read now.</exception>
    bool IsCutOff(GroupId group, ulong seq, SignedEntry commit);

    /// <summary>
    /// Keeps more of one of the branches seen (null: commits that begin another), synced before it returns. False: they are not what was
    /// seen any more, and nothing was kept.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Nothing was promised: it may be kept or not.</exception>
    bool TryKeep(KeptBranches seen, KeptBranch? branch, IReadOnlyList<StoredEntry> commits, IReadOnlyList<StoredBlob> blobs);
}

/// <summary>The branches of one group at a moment.</summary>
public sealed record KeptBranches(GroupId Group, IReadOnlyList<KeptBranch> Branches)
{
    /// <summary>Whether nothing was kept between two moments: branches only grow.</summary>
    public bool IsSame(KeptBranches other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Branches.Select(branch => (branch.Name, branch.Bytes)).SequenceEqual(other.Branches.Select(branch => (branch.Name, branch.Bytes)));
    }
}

/// <summary>A branch, without its contents.</summary>
/// <param name="Fork">The commit of the chain that it follows on.</param>
/// <param name="Heads">Its commits, ascending; never empty.</param>
/// <param name="Named">Blobs that its commits put, attachments included.</param>
/// <param name="Blobs">Those that are kept with it.</param>
public sealed record KeptBranch(
    string Name, ChainHead Fork, IReadOnlyList<ChainHead> Heads, ImmutableHashSet<BlobHash> Named, ImmutableHashSet<BlobHash> Blobs, long Bytes)
{
    public ChainHead End => Heads[^1];

    /// <summary>How many of its commits stand up to a head. Null: that head is none of its own, nor its fork.</summary>
    public int? PlaceAfter(ChainHead head)
    {
        if (head == Fork)
        {
            return 0;
        }

        return head.Seq > Fork.Seq && head.Seq <= End.Seq && Heads[(int)(head.Seq - Fork.Seq) - 1] == head ? (int)(head.Seq - Fork.Seq) : null;
    }
}
