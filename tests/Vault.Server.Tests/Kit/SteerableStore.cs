using Vault.Core.Ids;
using Vault.Server.Stores;

namespace Vault.Server.Tests.Kit;

/// <summary>A store whose writes a test can make fail, and whose changes it can hold back or hide from the tail.</summary>
internal sealed class SteerableStore(IRelayStore inner) : IRelayStore
{
    /// <summary>What each write goes through first.</summary>
    public Func<StoreWrite, Task>? BeforeWrite { get; set; }

    /// <summary>What each reading of a group on an account's behalf goes through first.</summary>
    public Func<Task>? BeforeReadFor { get; set; }

    /// <summary>What each reading of changes goes through: the tail's path, and nobody else's.</summary>
    public Func<StoreChanges, Task<StoreChanges>>? OnChanges { get; set; }

    public async Task<WriteResult> WriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        if (BeforeWrite is { } before)
        {
            await before(write);
        }

        return await inner.WriteAsync(write, cancellationToken);
    }

    public ValueTask<AccountPage?> ReadAccountAsync(AccountId account, ulong fromSeq, int bytesMax, CancellationToken cancellationToken) =>
        inner.ReadAccountAsync(account, fromSeq, bytesMax, cancellationToken);

    public ValueTask<AccountId?> FindAccountAsync(Hash32 authKeyHash, CancellationToken cancellationToken) =>
        inner.FindAccountAsync(authKeyHash, cancellationToken);

    public ValueTask<IReadOnlyList<StoredBlob>> ReadLockerAsync(AccountId account, CancellationToken cancellationToken) =>
        inner.ReadLockerAsync(account, cancellationToken);

    /// <summary>How many commits all readings of pages brought.</summary>
    public int CommitsRead { get; private set; }

    public async ValueTask<GroupPage?> ReadGroupAsync(
        GroupId group, ChainHead? after, int bytesMax, AccountId? reader, CancellationToken cancellationToken)
    {
        if (reader is not null && BeforeReadFor is { } before)
        {
            await before();
        }

        var page = await inner.ReadGroupAsync(group, after, bytesMax, reader, cancellationToken);
        CommitsRead += page?.Commits.Count ?? 0;
        return page;
    }

    public ValueTask<BlobPage> ReadBlobsAsync(
        GroupId group, IReadOnlyList<BlobHash> hashes, int bytesMax, bool liveOnly, CancellationToken cancellationToken) =>
        inner.ReadBlobsAsync(group, hashes, bytesMax, liveOnly, cancellationToken);

    public ValueTask<Overview> ReadOverviewAsync(OverviewQuery query, CancellationToken cancellationToken) =>
        inner.ReadOverviewAsync(query, cancellationToken);

    public async ValueTask<StoreChanges> ReadChangesAsync(StoreCursor? after, CancellationToken cancellationToken)
    {
        var changes = await inner.ReadChangesAsync(after, cancellationToken);
        return OnChanges is { } steer ? await steer(changes) : changes;
    }

    public ValueTask<IReadOnlyList<StoredInvite>> ReadInvitesAsync(InviteQuery query, CancellationToken cancellationToken) =>
        inner.ReadInvitesAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<StoredLink>> ReadLinkAsync(Hash32 mailbox, CancellationToken cancellationToken) =>
        inner.ReadLinkAsync(mailbox, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
