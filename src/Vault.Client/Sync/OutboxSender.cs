using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Crypto;
using Vault.Crypto.Items;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>
/// Sends the outbox of one group: per item, all waiting edits become one put, merged onto the head and boxed under the newest
/// key. What can never be sent is kept aside with the reason, and the rest proceeds.
/// </summary>
internal sealed class OutboxSender(ClientCore core, GroupPusher pusher, ItemOverlay overlay, SavedEdits saved)
{
    private const int ChangesPerCommit = 120;
    private const int BlobBytesPerCommit = 3 << 20;
    private static readonly TimeSpan BetweenBulkCommits = TimeSpan.FromMilliseconds(250);

    /// <summary>Sends everything that waits. Throws when the relay cannot be reached.</summary>
    public async Task FlushAsync(FollowedGroup group, CancellationToken cancellation)
    {
        if (core.Keys is null || group.Forked || group.IsBelowRecord || group.RemovalsWait)
        {
            return;
        }

        await pusher.SendStagedAsync(group, cancellation);
        await pusher.ResendAsync(group, cancellation);
        var perCommit = ChangesPerCommit;
        var isBulk = false;
        while (Waiting(group).Count > 0)
        {
            // Only what does not fit into one commit is bulk: an edit made while another was sent goes at once.
            if (isBulk && perCommit > 1)
            {
                await Task.Delay(BetweenBulkCommits, core.Seams.Time, cancellation);
            }

            if (Refusal(group) is { } reason)
            {
                Quarantine(Waiting(group).SelectMany(edits => edits), reason);
                return;
            }

            try
            {
                isBulk = await SendBatchAsync(group, perCommit, cancellation);
            }
            catch (VaultException poisoned) when (poisoned.IsOwnVerdict)
            {
                // One edit among them cannot be sent: go one by one, and keep aside the one that fails alone. A relay's verdict is
                // none of that: it is thrown on, shown, and asked for again.
                if (perCommit == 1)
                {
                    Quarantine(Waiting(group)[0], poisoned.Fault);
                }

                perCommit = 1;
            }
        }
    }

    /// <summary>Of a group that is over nothing is sent: what a person puts back into the queue is set aside again, with the reason.</summary>
    public void SetAside(FollowedGroup group)
    {
        pusher.OvertakePassed(group);
        var waiting = core.Replica.Outbox.Of(group.Id).Where(row => !row.Quarantined).ToList();
        if (waiting.Count > 0 && Refusal(group) is { } reason)
        {
            Quarantine(waiting, reason);
        }
    }

    /// <summary>
    /// Signs what waits, inside the transaction that accepts an edit, when it can be sent as it is: the head is known, nothing is on
    /// its way, and every edit that waits goes along. Null: the loop looks first.
    /// </summary>
    public SignedCommit? Stage(FollowedGroup group)
    {
        var batch = new Batch(ChangesPerCommit);
        return pusher.Stage(group, draft => Fill(group, draft, batch) && batch is { IsFull: false, Satisfied.Count: 0, Stopped.Count: 0 });
    }

    // True when more waited than one commit takes.
    private async Task<bool> SendBatchAsync(FollowedGroup group, int most, CancellationToken cancellation)
    {
        var batch = new Batch(most);
        var commit = await pusher.CommitAsync(group, draft => Fill(group, draft, batch), rotates: false, cancellation);
        if (commit is null || batch.Satisfied.Count > 0 || batch.Stopped.Count > 0)
        {
            core.Replica.Database.Transact("outbox", () =>
            {
                batch.Satisfied.ForEach(core.Replica.Outbox.Delete);
                batch.Stopped.ForEach(stop => core.Replica.Outbox.Quarantine(stop.Op, stop.Reason));
            });
            saved.Saved([.. batch.Satisfied.Select(op => (op, group.VerifiedSeq))]);
            saved.Raise();
        }

        return batch.IsFull;
    }

    // Called anew on each head, so what an earlier one said is forgotten.
    private bool Fill(FollowedGroup group, CommitDraft draft, Batch batch)
    {
        batch.Clear();
        if (Refusal(group) is { } refusal)
        {
            throw VaultException.OwnVerdict(refusal);
        }

        draft.OpenKey(startEpoch: false);
        var waiting = Waiting(group);
        batch.IsFull = waiting.Count > batch.Most;
        foreach (var edits in waiting.Take(batch.Most))
        {
            var before = draft.Mark();
            Put(group, draft, edits, batch);
            if (draft.Blobs.Sum(blob => (long)blob.Length) > BlobBytesPerCommit)
            {
                // What was merged brings conflict copies along, so only what was boxed tells the size. Alone, nothing gets smaller.
                if (before.Changes == 0)
                {
                    throw VaultException.OwnVerdict(new Fault(FaultCode.TooLarge, "item and conflict copies"));
                }

                draft.BackTo(before);
                batch.IsFull = true;
                break;
            }
        }

        if (draft.Body.Puts.Count + draft.Body.Deletes.Count == 0)
        {
            return false;
        }

        draft.Note(core.WallMs);
        return true;
    }

    private void Put(FollowedGroup group, CommitDraft draft, IReadOnlyList<OutboxRow> all, Batch batch)
    {
        var storageKey = core.RequireKeys().Daily.StorageKey;
        List<OutboxRow> edits = [.. all.Where(edit => !edit.IsForgedDelete(storageKey))];
        batch.Stopped.AddRange(all.Except(edits).Select(edit => (edit.Op, new Fault(FaultCode.ReplicaChanged, "outbox"))));
        if (edits.Count == 0)
        {
            return;
        }

        var id = edits[0].Item;
        var live = draft.Before.Items.GetValueOrDefault(id);
        var gone = draft.Before.DeletedItems.Contains(id);
        if (edits[^1].IsDelete)
        {
            Delete(draft, edits, live, batch);
            return;
        }

        // An edit beats the delete that it was made after, whether what was to be deleted is still there or others changed it.
        var beaten = edits.Where(edit => edit.IsDelete).ToList();
        edits.RemoveAll(edit => edit.IsDelete);
        batch.Stopped.AddRange(beaten.Select(delete => (delete.Op, ChangedSince(draft, live))));
        var laid = overlay.Of(group, id, edits);
        if (laid.Item is not { } item)
        {
            batch.Stopped.AddRange(edits.Select(edit => (edit.Op, laid.Damage ?? new Fault(FaultCode.ReplicaChanged, "outbox"))));
            return;
        }

        foreach (var loser in laid.Losers)
        {
            AddPut(draft, NewId(), null, ItemConflicts.CopyOf(loser, id), OperationId.Create(core.Seams.Random));
        }

        // An edit that meets a delete becomes a new item, listed as a conflict: what was deleted for ever stays deleted. So does
        // one that meets a value which does not open here: nobody merged with it, and others may still read it.
        var apart = gone || overlay.OfChain(group, id).Damage is not null;
        AddPut(
            draft, apart ? NewId() : id, apart ? null : live, apart ? ItemConflicts.CopyOf(item, id) : item, edits[^1].Op);
        draft.Ops.AddRange(edits.Select(edit => edit.Op));
    }

    private static void Delete(CommitDraft draft, IReadOnlyList<OutboxRow> edits, LiveItem? live, Batch batch)
    {
        var delete = edits[^1];
        if (live is null)
        {
            batch.Satisfied.AddRange(edits.Select(edit => edit.Op));
            return;
        }

        // Deleted was what the person saw; a change since then by somebody else is not deleted with it.
        if (delete.BaseHash != live.BlobHash)
        {
            batch.Stopped.AddRange(edits.Select(edit => (edit.Op, ChangedSince(draft, live))));
            return;
        }

        draft.Body.Deletes.Add(new DeleteItem
        {
            Item = delete.Item.ToByteString(),
            Replaces = live.BlobHash.ToByteString(),
            OpId = delete.Op.ToByteString(),
        });
        draft.Ops.AddRange(edits.Select(edit => edit.Op));
    }

    private static Fault ChangedSince(CommitDraft draft, LiveItem? live) =>
        new Fault(FaultCode.Replaces, "changed since").At(draft.Before.Id.Value, live?.Seq ?? draft.Before.Head.Seq, live?.Author);

    private void AddPut(CommitDraft draft, ItemId id, LiveItem? replaced, Item item, OperationId op)
    {
        if (item.CalculateSize() > Padding.MaximumPlaintext)
        {
            throw VaultException.OwnVerdict(new Fault(FaultCode.TooLarge, "item"));
        }

        var blob = ItemBox.Seal(draft.Key, draft.Before.Id, id, draft.Epoch, item, core.Seams.Random);
        var put = new PutItem
        {
            Item = id.ToByteString(),
            Epoch = draft.Epoch,
            BlobHash = BlobHashes.Of(blob).ToByteString(),
            BlobSize = (uint)blob.Length,
            Replaces = replaced?.BlobHash.ToByteString() ?? Google.Protobuf.ByteString.Empty,
            OpId = op.ToByteString(),
        };
        if (replaced is not null)
        {
            put.Attachments.Add(replaced.Attachments);
        }

        draft.Body.Puts.Add(put);
        draft.Blobs.Add(blob);
    }

    private ItemId NewId()
    {
        Span<byte> bytes = stackalloc byte[ItemId.Size];
        core.Seams.Random.Fill(bytes);
        return ItemId.Parse(bytes);
    }

    // An edit waits while the item's newest blob is withheld: sent now, it would replace a value that it was never merged with.
    private List<IReadOnlyList<OutboxRow>> Waiting(FollowedGroup group) =>
        [.. core.Replica.Outbox.Of(group.Id).Where(row => !row.Quarantined).GroupBy(row => row.Item)
            .Select(edits => (IReadOnlyList<OutboxRow>)[.. edits]).Where(edits => edits[^1].IsDelete || !IsWithheld(group, edits[0].Item))];

    private static bool IsWithheld(FollowedGroup group, ItemId item) =>
        group.State?.Items.GetValueOrDefault(item) is { } live && group.MissingBlobs.Contains(live.BlobHash);

    private Fault? Refusal(FollowedGroup group)
    {
        if (group.State is not { } state)
        {
            return null;
        }

        var code = state.MemberOf(core.Account!.Id) is not { } me ? FaultCode.NotAMember
            : me.Role < Role.Editor ? FaultCode.ForbiddenByRole
            : state.Closed ? FaultCode.GroupClosed
            : FaultCode.Unspecified;
        return code == FaultCode.Unspecified ? null : new Fault(code).At(group.Id.Value, state.Head.Seq, null);
    }

    private void Quarantine(IEnumerable<OutboxRow> rows, Fault reason)
    {
        var all = rows.ToList();
        core.Replica.Database.Transact("quarantine", () => all.ForEach(row => core.Replica.Outbox.Quarantine(row.Op, reason)));
        saved.Raise();
    }

    /// <summary>What became of the edits that one commit was filled with.</summary>
    private sealed class Batch(int most)
    {
        public int Most => most;

        /// <summary>More waits than the commit takes.</summary>
        public bool IsFull { get; set; }

        /// <summary>Deletes of what is gone already: saved without a commit.</summary>
        public List<OperationId> Satisfied { get; } = [];

        /// <summary>What can never be sent, with the reason.</summary>
        public List<(OperationId Op, Fault Reason)> Stopped { get; } = [];

        public void Clear()
        {
            IsFull = false;
            Satisfied.Clear();
            Stopped.Clear();
        }
    }
}
