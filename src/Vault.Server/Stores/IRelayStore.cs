using Vault.Core.Ids;

namespace Vault.Server.Stores;

/// <summary>What the relay keeps. One contract for every store; the conformance suite holds each to these sentences.</summary>
/// <remarks>
/// <para><b>Atomicity.</b> A <see cref="StoreWrite"/> is taken whole or not at all, its preconditions (heads, blobs, keys)
/// checked in the same transaction. Writes of different callers may share a transaction; one that is refused leaves no
/// trace and does not disturb the others.</para>
/// <para><b>Order.</b> Writes are taken in some total order, and for one group or account that is the order of its chain.
/// A read that begins after a write was acknowledged sees it. Each method reads one snapshot; heads, pages and memberships
/// inside one answer belong together. Lists come in the order each record states, never in a chance order.</para>
/// <para><b>Durability.</b> The task of a write completes only after the store has synced it. If it fails with
/// <see cref="StoreUnavailableException"/>, nothing was promised: the write may stand or not.</para>
/// <para><b>Idempotency.</b> Compare-and-swap makes a repeated append harmless: it finds the head moved, and the caller
/// sees its own entries standing. Staging a blob, keeping an attestation and posting the same bytes twice change nothing.</para>
/// <para><b>Judgement.</b> The store knows no rules and verifies no signature: the engine hands it entries already judged.</para>
/// </remarks>
public interface IRelayStore : IAsyncDisposable
{
    /// <summary>Takes one write, durably, or says why not.</summary>
    Task<WriteResult> WriteAsync(StoreWrite write, CancellationToken cancellationToken);

    /// <summary>
    /// Entries of an account from a position on, ascending, at most so many bytes of bodies and signatures but at least
    /// one if there is one. Null: no such account.
    /// </summary>
    ValueTask<AccountPage?> ReadAccountAsync(AccountId account, ulong fromSeq, int bytesMax, CancellationToken cancellationToken);

    /// <summary>The account that an auth key, by its hash, opens now. Null: none.</summary>
    ValueTask<AccountId?> FindAccountAsync(Hash32 authKeyHash, CancellationToken cancellationToken);

    /// <summary>Current wraps and locker parts of an account, ascending by hash. Empty: no such account.</summary>
    ValueTask<IReadOnlyList<StoredBlob>> ReadLockerAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>
    /// Commits of a group after a head (null: from the genesis), ascending, at most so many bytes but at least one if
    /// there is one; with the head, whether <paramref name="after"/> stands on the chain (if not, no commits), and the
    /// membership of <paramref name="reader"/>. Null: no such group.
    /// </summary>
    ValueTask<GroupPage?> ReadGroupAsync(
        GroupId group, ChainHead? after, int bytesMax, AccountId? reader, CancellationToken cancellationToken);

    /// <summary>
    /// Blobs by hash, in the order asked, until so many bytes are reached (at least one is given if it exists); hashes that
    /// the store holds no content for are named absent, those left out for size are in neither list.
    /// </summary>
    ValueTask<BlobPage> ReadBlobsAsync(
        GroupId group, IReadOnlyList<BlobHash> hashes, int bytesMax, bool liveOnly, CancellationToken cancellationToken);

    /// <summary>All that one poll of one account needs, by primary keys, never from a cache.</summary>
    ValueTask<Overview> ReadOverviewAsync(OverviewQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// What changed after a cursor, in a bounded step; nothing that is acknowledged is ever passed over. A null cursor
    /// gives the present cursor and no changes.
    /// </summary>
    ValueTask<StoreChanges> ReadChangesAsync(StoreCursor? after, CancellationToken cancellationToken);

    /// <summary>Open invites with their join requests: one by id, with the commit that opened it, or a group's, oldest request first.</summary>
    ValueTask<IReadOnlyList<StoredInvite>> ReadInvitesAsync(InviteQuery query, CancellationToken cancellationToken);

    /// <summary>A link mailbox's steps, ascending. Empty: no such mailbox.</summary>
    ValueTask<IReadOnlyList<StoredLink>> ReadLinkAsync(Hash32 mailbox, CancellationToken cancellationToken);
}
