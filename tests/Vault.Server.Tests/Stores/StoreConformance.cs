using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using Vault.Server.Tests.Kit;

namespace Vault.Server.Tests.Stores;

/// <summary>The contract of <see cref="IRelayStore"/>, sentence by sentence; each store runs all of it.</summary>
public abstract class StoreConformance : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SeededRandom _random = new(7);
    private readonly Pump _pump = new();
    private bool _disposed;

    internal abstract SqliteRelayStore Open(IRelayScheduler scheduler, ICommitObserver? observer = null);

    /// <summary>Whether the database is still there after everything was closed.</summary>
    protected virtual bool Outlives => true;

    [Fact]
    public void A_read_after_the_acknowledgement_sees_the_write() => Run(async store =>
    {
        var group = Group();
        Assert.True((await store.WriteAsync(Append(group, null, 3), default)).Applied);
        var page = await store.ReadGroupAsync(group, null, 1 << 20, null, default);
        Assert.Equal((ulong[])[0, 1, 2], page!.Commits.Select(commit => commit.Head.Seq));
        Assert.Equal(page.Commits[^1].Head, page.Head);
        Assert.Null(await store.ReadGroupAsync(Group(), null, 1 << 20, null, default));
    });

    [Fact]
    public void An_append_on_another_head_is_refused_whole() => Run(async store =>
    {
        var group = Group();
        var first = Append(group, null, 1);
        await store.WriteAsync(first, default);
        Assert.Equal(WriteStatus.HeadMoved, (await store.WriteAsync(Append(group, null, 1), default)).Status);
        var wrong = Append(group, first.Commits[0].Head with { Id = new EntryId(Hash()) }, 1) with { Blobs = [Blob()] };
        Assert.Equal(WriteStatus.HeadMoved, (await store.WriteAsync(wrong, default)).Status);
        Assert.Equal(first.Commits[0].Head, (await store.ReadGroupAsync(group, null, 1, null, default))!.Head);
        Assert.Single((await store.ReadBlobsAsync(group, [wrong.Blobs[0].Hash], 1 << 20, false, default)).Absent);
    });

    [Fact]
    public void Of_many_appends_on_one_head_exactly_one_is_taken() => Run(async store =>
    {
        var group = Group();
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => store.WriteAsync(Append(group, null, 1), default)));
        Assert.Single(results, result => result.Applied);
    });

    [Fact]
    public void A_refused_write_does_not_disturb_its_neighbours() => Run(async store =>
    {
        var (a, b) = (Group(), Group());
        var missing = Append(b, null, 1) with { Required = [(Blob().Hash, 600)] };
        var results = await Task.WhenAll(
            store.WriteAsync(Append(a, null, 1), default),
            store.WriteAsync(missing, default),
            store.WriteAsync(Append(a, null, 1), default));
        Assert.Equal([WriteStatus.Applied, WriteStatus.BlobMissing, WriteStatus.HeadMoved], results.Select(result => result.Status));
        Assert.Null(await store.ReadGroupAsync(b, null, 1, null, default));
    });

    [Fact]
    public void Pages_are_bounded_and_give_at_least_one() => Run(async store =>
    {
        var group = Group();
        await store.WriteAsync(Append(group, null, 10), default);
        var page = await store.ReadGroupAsync(group, null, 1, null, default);
        Assert.Single(page!.Commits);
        Assert.True(page.More);
        var rest = await store.ReadGroupAsync(group, page.Commits[0].Head, 1 << 20, null, default);
        Assert.Equal(9, rest!.Commits.Count);
        Assert.False(rest.More);
        var fork = await store.ReadGroupAsync(group, page.Commits[0].Head with { Id = new EntryId(Hash()) }, 1 << 20, null, default);
        Assert.False(fork!.AfterStands);
        Assert.Empty(fork.Commits);
    });

    [Fact]
    public void Blobs_live_by_their_names() => Run(async store =>
    {
        var group = Group();
        var (kept, staged, never) = (Blob(), Blob(), Blob());
        var first = Append(group, null, 1) with { Blobs = [kept], Names = [Name(kept, +1)], Required = [(kept.Hash, kept.Content.Length)] };
        Assert.True((await store.WriteAsync(first, default)).Applied);
        Assert.True((await store.WriteAsync(new StoreWrite.StageBlobs(group, [staged], false, s_now, 1 << 30), default)).Applied);
        await store.WriteAsync(new StoreWrite.StageBlobs(group, [never], true, s_now, 1 << 30), default);
        var all = await store.ReadBlobsAsync(group, [never.Hash, staged.Hash, kept.Hash], 1 << 20, false, default);
        Assert.Equal([staged.Hash, kept.Hash], all.Found.Select(blob => blob.Hash));
        Assert.Equal([never.Hash], all.Absent);
        Assert.Equal(kept.Hash, Assert.Single((await store.ReadBlobsAsync(group, [kept.Hash, staged.Hash], 1 << 20, true, default)).Found).Hash);
        Assert.Single((await store.ReadBlobsAsync(group, [kept.Hash, staged.Hash], 700, false, default)).Found);

        var head = first.Commits[0].Head;
        await store.WriteAsync(Append(group, head, 1) with { Names = [Name(kept, -1), Name(staged, +1)], At = s_now }, default);
        await store.WriteAsync(new StoreWrite.Prune(s_now.AddDays(1), s_now, s_now), default);
        Assert.Equal(2, (await store.ReadBlobsAsync(group, [kept.Hash, staged.Hash], 1 << 20, false, default)).Found.Count);
        await store.WriteAsync(new StoreWrite.Prune(s_now.AddDays(1), s_now.AddTicks(TimeSpan.TicksPerMillisecond), s_now), default);
        Assert.Equal(staged.Hash, Assert.Single((await store.ReadBlobsAsync(group, [kept.Hash, staged.Hash], 1 << 20, false, default)).Found).Hash);
    });

    [Fact]
    public void A_refill_says_which_blobs_it_still_wants() => Run(async store =>
    {
        var group = Group();
        var (a, b) = (Blob(), Blob());
        var result = await store.WriteAsync(Append(group, null, 1) with { Names = [Name(a, 1), Name(b, 1)], Blobs = [a] }, default);
        Assert.Equal([b.Hash], result.Wanted);
        var account = new AccountId(Hash());
        await store.WriteAsync(Append(group, (await store.ReadGroupAsync(group, null, 0, null, default))!.Head, 1)
            with
        { Memberships = [new Membership(account, group, null)] }, default);
        Assert.True(await WantsAsync());
        result = await store.WriteAsync(new StoreWrite.StageBlobs(group, [b], true, s_now, 1 << 30), default);
        Assert.Empty(result.Wanted);
        Assert.False(await WantsAsync());

        async Task<bool> WantsAsync() => Assert.Single((await store.ReadOverviewAsync(
            new OverviewQuery(account, default, new Dictionary<(GroupId, DeviceId), ulong>(), 0), default)).Groups).WantsBlobs;
    });

    [Fact]
    public void An_account_is_taken_without_its_locker_on_credit_only_and_says_that_it_wants_it() => Run(async store =>
    {
        var account = new AccountId(Hash());
        var (a, b) = (Blob(), Blob());
        var write = new StoreWrite.AppendAccount(account, null, Entries(null, 2), [Hash()], [a.Hash, b.Hash], [a]);
        Assert.Equal(WriteStatus.BlobMissing, (await store.WriteAsync(write, default)).Status);
        Assert.True((await store.WriteAsync(write with { IsOnCredit = true }, default)).Applied);
        Assert.True(await WantsAsync());
        var head = write.Entries[^1].Head;
        Assert.True((await store.WriteAsync(write with { Expected = head, Entries = [], LockerBlobs = [b] }, default)).Applied);
        Assert.False(await WantsAsync());
        Assert.Equal(head, (await store.ReadAccountAsync(account, 0, 1 << 20, default))!.Head);
        Assert.Equal(new[] { a.Hash, b.Hash }.Order(), (await store.ReadLockerAsync(account, default)).Select(blob => blob.Hash));

        async Task<bool> WantsAsync() => (await store.ReadOverviewAsync(
            new OverviewQuery(account, default, new Dictionary<(GroupId, DeviceId), ulong>(), 0), default)).WantsLocker;
    });

    [Fact]
    public void A_quota_refuses_and_leaves_no_trace() => Run(async store =>
    {
        var group = Group();
        await store.WriteAsync(Append(group, null, 1), default);
        var blob = Blob();
        Assert.Equal(WriteStatus.OverQuota, (await store.WriteAsync(new StoreWrite.StageBlobs(group, [blob], false, s_now, 500), default)).Status);
        Assert.Single((await store.ReadBlobsAsync(group, [blob.Hash], 1 << 20, false, default)).Absent);
    });

    [Fact]
    public void Accounts_keep_only_current_keys_and_lockers() => Run(async store =>
    {
        var account = new AccountId(Hash());
        var (old, now) = (Blob(), Blob());
        var (oldKey, newKey) = (Hash(), Hash());
        var first = new StoreWrite.AppendAccount(account, null, Entries(null, 2), [oldKey], [old.Hash], [old]);
        Assert.True((await store.WriteAsync(first, default)).Applied);
        Assert.Equal(account, await store.FindAccountAsync(oldKey, default));
        var head = first.Entries[^1].Head;
        var missing = new StoreWrite.AppendAccount(account, head, Entries(head, 1), [newKey], [now.Hash], []);
        Assert.Equal(WriteStatus.BlobMissing, (await store.WriteAsync(missing, default)).Status);
        Assert.Equal(account, await store.FindAccountAsync(oldKey, default));
        Assert.True((await store.WriteAsync(missing with { LockerBlobs = [now] }, default)).Applied);
        Assert.Null(await store.FindAccountAsync(oldKey, default));
        Assert.Equal(now.Hash, Assert.Single(await store.ReadLockerAsync(account, default)).Hash);
        Assert.Equal(3, (await store.ReadAccountAsync(account, 0, 1 << 20, default))!.Entries.Count);
        var squatter = new StoreWrite.AppendAccount(new AccountId(Hash()), null, Entries(null, 2), [newKey], [old.Hash], [old]);
        Assert.Equal(WriteStatus.KeyTaken, (await store.WriteAsync(squatter, default)).Status);
        Assert.True((await store.WriteAsync(new StoreWrite.DeleteAccount(account), default)).Applied);
        Assert.Null(await store.ReadAccountAsync(account, 0, 1, default));
        Assert.Equal(WriteStatus.NotFound, (await store.WriteAsync(new StoreWrite.DeleteAccount(account), default)).Status);
    });

    [Fact]
    public void Changes_pass_nothing_over() => Run(async store =>
    {
        var cursor = (await store.ReadChangesAsync(null, default)).Cursor;
        var groups = Enumerable.Range(0, 2_500).Select(_ => Group()).ToList();
        await Task.WhenAll(groups.Select(group => store.WriteAsync(Append(group, null, 1), default)));
        var seen = new List<GroupId>();
        StoreChanges changes;
        do
        {
            changes = await store.ReadChangesAsync(cursor, default);
            seen.AddRange(changes.Groups.Select(change => change.Group));
            cursor = changes.Cursor;
        }
        while (changes.More);
        Assert.Equal(groups, seen);
        await store.WriteAsync(new StoreWrite.Beat(), default);
        var beat = await store.ReadChangesAsync(cursor, default);
        Assert.Equal(changes.Beat + 1, beat.Beat);
        Assert.Empty(beat.Groups);
    });

    [Fact]
    public void Memberships_and_heads_are_one_snapshot() => Run(async store =>
    {
        var account = new AccountId(Hash());
        var (a, b) = (Group(), Group());
        var first = Append(a, null, 2) with { Memberships = [new Membership(account, a, null)] };
        await store.WriteAsync(first, default);
        var end = Append(b, null, 1);
        await store.WriteAsync(end with { Memberships = [new Membership(account, b, end.Commits[0].Head)] }, default);
        var overview = await store.ReadOverviewAsync(
            new OverviewQuery(account, default, new Dictionary<(GroupId, DeviceId), ulong>(), 10), default);
        Assert.Equal(new[] { a, b }.Order(), overview.Groups.Select(group => group.Membership.Group));
        Assert.Equal(first.Commits[^1].Head, overview.Groups.Single(group => group.Membership.IsMember).Head);
        Assert.Equal(end.Commits[0].Head, (await store.ReadGroupAsync(b, null, 0, account, default))!.Reader!.Ended);
        await store.WriteAsync(new StoreWrite.DeleteGroup(a), default);
        Assert.Null(await store.ReadGroupAsync(a, null, 0, account, default));
    });

    [Fact]
    public void Only_the_newest_attestation_is_kept() => Run(async store =>
    {
        var (group, account, device) = (Group(), new AccountId(Hash()), new DeviceId(Hash()));
        await store.WriteAsync(Append(group, null, 1) with { Memberships = [new Membership(account, group, null)] }, default);
        foreach (var counter in (ulong[])[5, 4, ulong.MaxValue])
        {
            await store.WriteAsync(new StoreWrite.KeepAttestations([Attestation(counter)]), default);
        }

        Assert.Equal(Attestation(ulong.MaxValue).Attestation, Assert.Single(await AskAsync(5)));
        Assert.Empty(await AskAsync(ulong.MaxValue));

        StoredAttestation Attestation(ulong counter) => new(
            group, account, device, counter, new Attestation { Body = ByteString.CopyFrom([(byte)counter]), Signature = ByteString.CopyFrom([1]) });
        async Task<IReadOnlyList<Attestation>> AskAsync(ulong known) => (await store.ReadOverviewAsync(
            new OverviewQuery(account, default, new Dictionary<(GroupId, DeviceId), ulong> { [(group, device)] = known }, 10), default)).Attestations;
    });

    [Fact]
    public void Mailboxes_take_each_step_once_and_only_in_order() => Run(async store =>
    {
        var mailbox = Hash();
        Assert.Equal(WriteStatus.Occupied, await PostAsync(2, 1, s_now));
        Assert.Equal(WriteStatus.Applied, await PostAsync(1, 1, s_now));
        Assert.Equal(WriteStatus.Applied, await PostAsync(1, 1, s_now));
        Assert.Equal(WriteStatus.Occupied, await PostAsync(1, 2, s_now));
        Assert.Equal(WriteStatus.Applied, await PostAsync(2, 2, s_now));
        Assert.Equal(WriteStatus.Occupied, await PostAsync(3, 3, s_now.AddMinutes(6)));
        Assert.Equal([1, 2], (await store.ReadLinkAsync(mailbox, default)).Select(step => step.Step));
        await store.WriteAsync(new StoreWrite.Prune(s_now, s_now, s_now.AddMinutes(1)), default);
        Assert.Empty(await store.ReadLinkAsync(mailbox, default));

        async Task<WriteStatus> PostAsync(int step, byte content, DateTimeOffset at) => (await store.WriteAsync(
            new StoreWrite.PostLink(mailbox, step, new[] { content }, at, TimeSpan.FromMinutes(5), 10), default)).Status;
    });

    [Fact]
    public void A_crash_before_the_commit_leaves_nothing_and_after_it_everything()
    {
        foreach (var before in new[] { true, false })
        {
            var group = Group();
            _pump.Run(async () =>
            {
                await using var store = Open(new ContextScheduler(_pump), new Crash(before));
                var write = store.WriteAsync(Append(group, null, 1), default);
                await Assert.ThrowsAsync<StoreUnavailableException>(() => write);
                await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WriteAsync(Append(Group(), null, 1), default));
            });
            if (Outlives)
            {
                Run(async store => Assert.Equal(before, await store.ReadGroupAsync(group, null, 1, null, default) is null));
            }
        }
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Clean();
        }

        GC.SuppressFinalize(this);
    }

    protected virtual void Clean()
    {
    }

    private void Run(Func<SqliteRelayStore, Task> test) => _pump.Run(async () =>
    {
        await using var store = Open(new ContextScheduler(_pump));
        await test(store);
    });

    private Hash32 Hash() => Hash32.Parse(_random.Bytes(32));

    private GroupId Group() => new(Hash());

    private StoredBlob Blob()
    {
        var content = _random.Bytes(600);
        return new StoredBlob(BlobHashes.Of(content), content);
    }

    private static BlobName Name(StoredBlob blob, int delta) => new(blob.Hash, blob.Content.Length, delta);

    private StoreWrite.AppendGroup Append(GroupId group, ChainHead? on, int commits) =>
        new(group, on, Entries(on, commits), [], [], [], [], [], [], s_now, 1 << 30);

    private List<StoredEntry> Entries(ChainHead? on, int count)
    {
        var from = on is { } head ? head.Seq + 1 : 0;
        return [.. Enumerable.Range(0, count).Select(i => new StoredEntry(
            new ChainHead(from + (ulong)i, new EntryId(Hash())),
            new SignedEntry { Body = ByteString.CopyFrom(_random.Bytes(100)), Signatures = { ByteString.CopyFrom(_random.Bytes(64)) } }))];
    }

    private sealed class Crash(bool before) : ICommitObserver
    {
        public void BeforeCommit(int writes)
        {
            if (before)
            {
                throw new InvalidOperationException("crash before");
            }
        }

        public void AfterCommit(int writes)
        {
            if (!before)
            {
                throw new InvalidOperationException("crash after");
            }
        }
    }
}
