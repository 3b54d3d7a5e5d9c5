using Vault.Core.Ids;
using Vault.Server.Stores;
using Vault.Simulation.Time;

namespace Vault.Simulation.World;

/// <summary>
/// The relay's real store, and what a machine does to it: reads of what changed that hang, answers that come late, a disk that
/// takes no writes, content that is slow to come. While nothing was written, what changed is known to be nothing: an idle relay
/// asks ten times a second.
/// </summary>
/// <param name="superseded">How many superseded blobs are kept now.</param>
/// <param name="collected">Told how many of them a collection took.</param>
internal sealed class FaultyStore(
    IRelayStore inner, NodeClock clock, Dice dice, StoreFaults faults, Func<long> superseded, Action<long> collected) : IRelayStore
{
    private StoreChanges? _nothing;
    private int _writing;

    public async Task<WriteResult> WriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        if (!faults.TakesWrites)
        {
            throw new StoreUnavailableException("The disk reports an error.");
        }

        _writing++;
        try
        {
            var kept = write is StoreWrite.Prune ? superseded() : 0;
            var result = await inner.WriteAsync(write, cancellationToken);
            if (write is StoreWrite.Prune && kept - superseded() is > 0 and var gone)
            {
                collected(gone);
            }

            if (write is StoreWrite.AppendGroup && faults.LateAnswers > TimeSpan.Zero)
            {
                await Task.Delay(dice.Between(TimeSpan.Zero, faults.LateAnswers), clock, cancellationToken);
            }

            return result;
        }
        finally
        {
            _writing--;
            _nothing = null;
        }
    }

    public async ValueTask<StoreChanges> ReadChangesAsync(StoreCursor? after, CancellationToken cancellationToken)
    {
        if (after is not null)
        {
            await faults.TailAsync(cancellationToken);
            if (_writing == 0 && _nothing is { } known && known.Cursor == after)
            {
                return known;
            }
        }

        var changes = await inner.ReadChangesAsync(after, cancellationToken);
        var isNothing = changes is { More: false, Groups.Count: 0, Memberships.Count: 0, Accounts.Count: 0, Attestations.Count: 0, Joins.Count: 0 };
        _nothing = isNothing && _writing == 0 ? changes : null;
        return changes;
    }

    public ValueTask<BlobPage> ReadBlobsAsync(
        GroupId group, IReadOnlyList<BlobHash> hashes, int bytesMax, bool liveOnly, CancellationToken cancellationToken) =>
        faults.HoldsBlobsBack
            ? liveOnly ? ValueTask.FromResult(new BlobPage([], [])) : throw new StoreUnavailableException("The content is slow to come.")
            : inner.ReadBlobsAsync(group, hashes, bytesMax, liveOnly, cancellationToken);

    public ValueTask<AccountPage?> ReadAccountAsync(AccountId account, ulong fromSeq, int bytesMax, CancellationToken cancellationToken) =>
        inner.ReadAccountAsync(account, fromSeq, bytesMax, cancellationToken);

    public ValueTask<AccountId?> FindAccountAsync(Hash32 authKeyHash, CancellationToken cancellationToken) =>
        inner.FindAccountAsync(authKeyHash, cancellationToken);

    public ValueTask<IReadOnlyList<StoredBlob>> ReadLockerAsync(AccountId account, CancellationToken cancellationToken) =>
        inner.ReadLockerAsync(account, cancellationToken);

    public ValueTask<GroupPage?> ReadGroupAsync(
        GroupId group, ChainHead? after, int bytesMax, AccountId? reader, CancellationToken cancellationToken) =>
        inner.ReadGroupAsync(group, after, bytesMax, reader, cancellationToken);

    public ValueTask<Overview> ReadOverviewAsync(OverviewQuery query, CancellationToken cancellationToken) =>
        inner.ReadOverviewAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<StoredInvite>> ReadInvitesAsync(InviteQuery query, CancellationToken cancellationToken) =>
        inner.ReadInvitesAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<StoredLink>> ReadLinkAsync(Hash32 mailbox, CancellationToken cancellationToken) =>
        inner.ReadLinkAsync(mailbox, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>What is wrong with a relay's store at the moment.</summary>
internal sealed class StoreFaults
{
    private readonly List<TaskCompletionSource> _hanging = [];
    private bool _isTailFrozen;

    /// <summary>Whether writes are taken.</summary>
    public bool TakesWrites { get; set; } = true;

    /// <summary>Longest time by which the answer to an append comes late, after its COMMIT.</summary>
    public TimeSpan LateAnswers { get; set; }

    /// <summary>Whether content is held back: pages and hints come without, and asking for it fails.</summary>
    public bool HoldsBlobsBack { get; set; }

    /// <summary>Whether the tail's reads hang.</summary>
    public bool IsTailFrozen
    {
        get => _isTailFrozen;
        set
        {
            _isTailFrozen = value;
            if (!value)
            {
                _hanging.ForEach(hanging => hanging.TrySetResult());
                _hanging.Clear();
            }
        }
    }

    /// <summary>Returns when the tail may read.</summary>
    public async ValueTask TailAsync(CancellationToken cancellationToken)
    {
        while (_isTailFrozen)
        {
            var hanging = new TaskCompletionSource();
            _hanging.Add(hanging);
            using (cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetCanceled(), hanging))
            {
                await hanging.Task;
            }
        }
    }

    /// <summary>Nothing is wrong any more.</summary>
    public void Heal()
    {
        TakesWrites = true;
        LateAnswers = TimeSpan.Zero;
        HoldsBlobsBack = false;
        IsTailFrozen = false;
    }
}
