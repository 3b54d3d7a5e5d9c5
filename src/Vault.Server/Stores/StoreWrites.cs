using Vault.Core.Ids;

namespace Vault.Server.Stores;

/// <summary>What became of a write that the store could decide on.</summary>
public enum WriteStatus
{
    /// <summary>Durable.</summary>
    Applied,

    /// <summary>The head is another than expected, or there is none, or there is one already.</summary>
    HeadMoved,

    /// <summary>A blob that must be there is not, or has another size.</summary>
    BlobMissing,

    /// <summary>An auth key belongs to another account.</summary>
    KeyTaken,

    /// <summary>The quota does not allow it.</summary>
    OverQuota,

    /// <summary>Somebody would be put by others into more groups than they may.</summary>
    SeatedTooOften,

    /// <summary>The mailbox holds something else, or the invite is not open.</summary>
    Occupied,

    /// <summary>There is no such group or account.</summary>
    NotFound,
}

/// <summary>
/// What became of a write. Wanted, for writes to a group that were applied: hashes of blobs that its live items name and
/// that have no content here, ascending, at most 256.
/// </summary>
public sealed record WriteResult(WriteStatus Status, IReadOnlyList<BlobHash> Wanted)
{
    public static WriteResult Of(WriteStatus status) => new(status, []);

    public bool Applied => Status == WriteStatus.Applied;
}

/// <summary>One atomic change of the store.</summary>
public abstract record StoreWrite
{
    private StoreWrite()
    {
    }

    /// <summary>Bytes that it brings, roughly: what bounds batches and the queue.</summary>
    public virtual long Bytes => 256;

    /// <summary>
    /// Entries on an account's head (null: the account is new); its auth keys and locker from now on. Locker parts that are
    /// not current any more are dropped; a current one neither brought nor kept is missing. No entries: the locker parts alone.
    /// </summary>
    public sealed record AppendAccount(
        AccountId Account,
        ChainHead? Expected,
        IReadOnlyList<StoredEntry> Entries,
        IReadOnlyList<Hash32> AuthKeyHashes,
        IReadOnlyList<BlobHash> LockerHashes,
        IReadOnlyList<StoredBlob> LockerBlobs) : StoreWrite
    {
        /// <summary>Whether current locker parts may be missing afterwards; the account is then told to want some.</summary>
        public bool IsOnCredit { get; init; }

        public override long Bytes => Entries.Sum(e => (long)e.Bytes) + LockerBlobs.Sum(b => (long)b.Content.Length);
    }

    /// <summary>
    /// Commits on a group's head (null: the group is new), with what follows from them: who joined and left, which blobs
    /// gained and lost a name, which invites opened and closed. A blob that lost its last name is marked superseded; one that
    /// is required must have content of that size afterwards. Blobs brought are kept, so bring none that nothing names.
    /// </summary>
    public sealed record AppendGroup(
        GroupId Group,
        ChainHead? Expected,
        IReadOnlyList<StoredEntry> Commits,
        IReadOnlyList<Membership> Memberships,
        IReadOnlyList<BlobName> Names,
        IReadOnlyList<(BlobHash Hash, int Size)> Required,
        IReadOnlyList<StoredBlob> Blobs,
        IReadOnlyList<StoredInvite> InvitesOpened,
        IReadOnlyList<InviteId> InvitesClosed,
        DateTimeOffset At,
        long QuotaBytes) : StoreWrite
    {
        /// <summary>Those among the accounts seated who brought no proof of their own.</summary>
        public IReadOnlyList<AccountId> Uninvited { get; init; } = [];

        /// <summary>In how many groups at most one of them may be so, those that they left since included.</summary>
        public int UninvitedMax { get; init; } = int.MaxValue;

        public override long Bytes => Commits.Sum(e => (long)e.Bytes) + Blobs.Sum(b => (long)b.Content.Length);
    }

    /// <summary>Blobs before the commit that names them, or for live items that lack theirs.</summary>
    public sealed record StageBlobs(GroupId Group, IReadOnlyList<StoredBlob> Blobs, bool OnlyNamed, DateTimeOffset At, long QuotaBytes)
        : StoreWrite
    {
        public override long Bytes => Blobs.Sum(b => (long)b.Content.Length);
    }

    /// <summary>Attestations, each kept only when its counter is above the one held for its group and device.</summary>
    public sealed record KeepAttestations(IReadOnlyList<StoredAttestation> Attestations) : StoreWrite
    {
        public override long Bytes => Attestations.Sum(a => (long)a.Attestation.Body.Length);
    }

    /// <summary>A join request for an open invite; only the same account replaces one that waits.</summary>
    public sealed record PostJoin(InviteId Invite, StoredJoin Join) : StoreWrite
    {
        public override long Bytes => Join.Request.CalculateSize();
    }

    /// <summary>A link step: the next one of its mailbox, or the same bytes again, before it expires.</summary>
    public sealed record PostLink(Hash32 Mailbox, int Step, ReadOnlyMemory<byte> Box, DateTimeOffset At, TimeSpan Lifetime, int MailboxesMax)
        : StoreWrite
    {
        public override long Bytes => Box.Length;
    }

    /// <summary>Forgets an account: chain, locker, keys, memberships, attestations, its waiting join requests.</summary>
    public sealed record DeleteAccount(AccountId Account) : StoreWrite;

    /// <summary>Forgets a group and everything kept for it.</summary>
    public sealed record DeleteGroup(GroupId Group) : StoreWrite;

    /// <summary>Raises the beat: the canary of the hint path.</summary>
    public sealed record Beat : StoreWrite;

    /// <summary>Drops what was staged, superseded or opened as a link before the given moments.</summary>
    public sealed record Prune(DateTimeOffset StagedBefore, DateTimeOffset SupersededBefore, DateTimeOffset LinksBefore) : StoreWrite;
}

/// <summary>A live item gains (+1) or loses (−1) its name for a blob of this size.</summary>
public readonly record struct BlobName(BlobHash Hash, int Size, int Delta);
