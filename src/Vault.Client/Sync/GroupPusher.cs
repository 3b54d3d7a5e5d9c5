using Google.Protobuf;
using Vault.Client.Replicas;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>
/// Sends own commits: build on the head, check by the rules, store the signed bytes, then send. A lost race is pulled, verified
/// and built anew; an unknown outcome sends the same bytes again. A commit counts when it is in the chain as pulled.
/// </summary>
internal sealed class GroupPusher(ClientCore core, GroupPuller puller, MemberAnchors anchors)
{
    private const int AttemptsMax = 30;
    private const int DenialsMax = 2;

    // What the stream brings back by then need not be pulled.
    private static readonly TimeSpan StreamGrace = TimeSpan.FromMilliseconds(20);

    /// <summary>Makes a change to a group that is followed, and returns its commit once it stands. Null: the fill had nothing to say.</summary>
    /// <param name="fill">Puts the change into a draft; called anew on each head. False: nothing to do.</param>
    /// <param name="rotates">Whether the change starts an epoch, so that members' chains are fetched first.</param>
    /// <exception cref="VaultException">Offline; signed where the change itself is on its way by then.</exception>
    public async Task<VerifiedCommit?> CommitAsync(
        FollowedGroup group, Func<CommitDraft, bool> fill, bool rotates, CancellationToken cancellation)
    {
        VerifiedCommit? sent = null;
        try
        {
            return await AttemptAsync(group, fill, rotates, signed => sent = signed, cancellation);
        }
        catch (VaultException failed) when (failed.IsOffline && sent is not null && core.Replica.Journal.Find(sent.Head.Id) is { State: JournalState.Sent })
        {
            throw new VaultException(failed.Fault, failed.Message, failed) { IsOffline = true, IsSigned = true };
        }
    }

    private async Task<VerifiedCommit?> AttemptAsync(
        FollowedGroup group, Func<CommitDraft, bool> fill, bool rotates, Action<VerifiedCommit> onSigned, CancellationToken cancellation)
    {
        VerifiedCommit? sent = null;
        var denials = 0;
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            await ResendAsync(group, cancellation);
            if (sent is not null && group.Contains(sent.Head))
            {
                return sent;
            }

            // Where the relay may be away, it is asked before anything is signed: what is not signed is merged later, and can be discarded.
            if (group.State is null || group.Proof is null || group.WantsPull || group.IsBelowRecord || attempt > 0 || core.LinkFailure is not null)
            {
                await puller.PullAsync(group, cancellation);
            }

            RequireRecord(group);
            if (!core.Replica.Journal.HasInFlight(group.Id))
            {
                if (await BuildAsync(group, fill, rotates, cancellation) is not { } signed)
                {
                    return null;
                }

                core.Replica.Database.Transact("sign", () => Record(group, signed));
                group.Own = signed.Commit;
                sent = signed.IsWhole ? signed.Commit : null;
                if (sent is not null)
                {
                    onSigned(sent);
                }

                await SendAndConfirmAsync(group, signed, cancellation);
                if (group.Contains(signed.Commit.Head))
                {
                    if (signed.IsWhole)
                    {
                        return signed.Commit;
                    }

                    // A part of the gap is closed, for good: no attempt was lost.
                    attempt = 0;
                }

                // A fork or a removal ends it: the pull has thrown. Otherwise somebody was first.
                OvertakePassed(group);
            }
            else if (++denials > DenialsMax)
            {
                throw VaultException.Offline("the relay neither takes a commit nor shows another in its place");
            }

            await Task.Delay(Backoff.AfterLostRace(attempt, core.Seams.Random), core.Seams.Time, cancellation);
        }

        throw VaultException.Offline("others write without pause");
    }

    /// <summary>
    /// Signs what can be sent at once, inside the transaction that accepts it: accepting and signing then cost one sync. Null: the
    /// loop does it, with a look at the relay first.
    /// </summary>
    public SignedCommit? Stage(FollowedGroup group, Func<CommitDraft, bool> fill)
    {
        if (!CanStage(group))
        {
            return null;
        }

        try
        {
            if (Build(group, fill, []) is not { } signed)
            {
                return null;
            }

            Record(group, signed);
            return signed;
        }
        catch (VaultException)
        {
            // Accepting an edit never fails for what sending it would meet; the loop meets it again, and says so.
            return null;
        }
    }

    /// <summary>Sends what was signed when it was accepted, unless the chain went on meanwhile.</summary>
    public async Task SendStagedAsync(FollowedGroup group, CancellationToken cancellation)
    {
        if (group.Staged is not { } staged)
        {
            return;
        }

        group.Staged = null;
        if (!group.IsBelowRecord && group.VerifiedSeq + 1 == staged.Commit.Head.Seq && core.Replica.Journal.Find(staged.Commit.Head.Id) is { State: JournalState.Sent })
        {
            group.Own = staged.Commit;
            await SendAndConfirmAsync(group, staged, cancellation);
        }

        OvertakePassed(group);
    }

    /// <summary>Founds a group: genesis and commit 1 go together. Returns once both stand in the chain as pulled.</summary>
    public async Task FoundAsync(FollowedGroup group, IReadOnlyList<JournalRow> rows, CancellationToken cancellation)
    {
        await SendAsync(group, [.. rows.Select(row => row.Entry)], [], cancellation);
        await puller.PullAsync(group, cancellation);
    }

    /// <summary>Sends again what was signed and may or may not have arrived.</summary>
    public async Task ResendAsync(FollowedGroup group, CancellationToken cancellation)
    {
        if (!core.Replica.Journal.HasInFlight(group.Id))
        {
            return;
        }

        if (group.State is not null)
        {
            await puller.PullAsync(group, cancellation);
        }

        OvertakePassed(group);
        var rows = core.Replica.Journal.InFlight(group.Id);
        if (rows.Count == 0)
        {
            return;
        }

        RequireRecord(group);

        await SendAsync(
            group,
            [.. rows.Select(row => row.Entry)],
            [.. rows.SelectMany(row => row.Blobs.Blobs).Select(blob => blob.Content.ToByteArray())],
            cancellation);
        await puller.PullAsync(group, cancellation);
        OvertakePassed(group);
    }

    /// <summary>
    /// Only a verified commit at its position frees this device from a commit that it signed: the relay's word for a lost race would
    /// let it collect two signatures on one predecessor, and call that a fork later (attack: freezing a writer).
    /// </summary>
    public void OvertakePassed(FollowedGroup group)
    {
        foreach (var row in core.Replica.Journal.InFlight(group.Id).Where(row => group.IsPassed(row.Head)))
        {
            Overtake(row.Head);
        }
    }

    // On an old world nothing is built: what is sealed there goes to whom the group may have removed since.
    private static void RequireRecord(FollowedGroup group)
    {
        if (group.IsBelowRecord)
        {
            throw new VaultException(group.BelowRecord);
        }
    }

    private async Task SendAndConfirmAsync(FollowedGroup group, SignedCommit signed, CancellationToken cancellation)
    {
        var proof = await SendAsync(group, [signed.Commit.Entry], signed.Blobs, cancellation);
        if (proof?.Head == signed.Commit.Head && await ComesByStreamAsync(group, proof.Head, cancellation))
        {
            core.Watchdog.Prove(group, proof);
            return;
        }

        await puller.PullAsync(group, cancellation);
    }

    // Where the stream works it brings the commit back while the answer is still on its way, and a pull would bring it twice.
    private async Task<bool> ComesByStreamAsync(FollowedGroup group, ChainHead head, CancellationToken cancellation)
    {
        if (core.StreamSince is null || core.NotificationsFailing)
        {
            return group.Contains(head);
        }

        var until = core.BootNow + StreamGrace;
        while (!group.Contains(head) && until - core.BootNow is var rest && rest > TimeSpan.Zero)
        {
            await group.Moved.WaitAsync(rest, cancellation);
        }

        return group.Contains(head);
    }

    private bool CanStage(FollowedGroup group) =>
        core.Keys is { } keys
        && !core.Gate.IsHeld
        && core.LinkFailure is null
        && group is { Follow: Follow.Accepted, State: { } state, Proof: not null, WantsPull: false, Forked: false, RelayBehind: false, BadEpoch: null, IsBelowRecord: false }
        && group.RetryAt <= core.BootNow
        && !core.Replica.Journal.HasInFlight(group.Id)
        && !CommitDraft.IsRotationDue(state, keys.Of(group.Id), [])
        && state.Epoch >= group.EpochFloor
        && !group.RemovalsWait
        && anchors.Own(state) is null;

    private async Task<SignedCommit?> BuildAsync(
        FollowedGroup group, Func<CommitDraft, bool> fill, bool rotates, CancellationToken cancellation)
    {
        if (group.Forked)
        {
            throw new VaultException(new Fault(FaultCode.Forked).At(group.Id.Value, group.VerifiedSeq, null));
        }

        var keys = core.RequireKeys();
        var moved = rotates || group.BadEpoch is not null || group.State!.Epoch < group.EpochFloor || CommitDraft.IsRotationDue(group.State!, keys.Of(group.Id), [])
            ? await anchors.RefreshAsync(group.State!, cancellation)
            : [];
        if (anchors.Own(group.State!) is { } own)
        {
            moved[core.Account!.Id] = own;
        }

        return Build(group, fill, moved);
    }

    private SignedCommit? Build(FollowedGroup group, Func<CommitDraft, bool> fill, SortedDictionary<AccountId, MovedAnchor> moved)
    {
        // A hint may have moved the head while anchors were fetched; anchors that no longer fit are left out.
        var state = group.State!;
        foreach (var id in moved.Keys.Where(id => state.MemberOf(id) is null).ToList())
        {
            moved.Remove(id);
        }

        var first = AnchorBatch.First(moved, core.Account!.Id);
        var draft = new CommitDraft(state, core.Account!, core.RequireKeys(), first ?? moved, core.Seams.Random)
        {
            IsEpochBad = group.BadEpoch is not null,
            EpochFloor = group.EpochFloor,
        };
        try
        {
            if (first is null && !fill(draft))
            {
                return null;
            }

            var verdict = GroupRules.Extend(state, draft.Sign());
            if (!verdict.IsValid)
            {
                throw VaultException.OwnVerdict(verdict.Fault);
            }

            return new SignedCommit(verdict.Value, draft.Blobs, draft.Ops, IsWhole: first is null);
        }
        finally
        {
            draft.Wipe();
        }
    }

    private void Record(FollowedGroup group, SignedCommit signed) =>
        core.Replica.Journal.Add(signed.Commit.Head, group.Id, signed.Commit.Entry, signed.Ops, signed.Blobs);

    // What the relay answers is a proof of where it stood, if it says so at all; what stands, only the chain tells. Anything unknown is
    // thrown, and stays in the journal.
    private async Task<Proof?> SendAsync(
        FollowedGroup group, IReadOnlyList<SignedEntry> commits, IReadOnlyList<byte[]> blobs, CancellationToken cancellation)
    {
        var request = new PushRequest { Group = group.Id.ToByteString() };
        request.Commits.Add(commits);
        request.Blobs.Add(blobs.Select(blob => new Blob { Content = UnsafeByteOperations.UnsafeWrap(blob) }));
        var sent = new Proof(default, core.BootNow, core.Skew);

        // From here on the signed bytes may be known to others.
        group.Staged = null;
        try
        {
            var answer = await core.Calls.CallAsync((relay, options) => relay.Groups.PushAsync(request, options), 4, cancellation);
            return ChainHead.TryParse(answer.Head, out var head) ? sent with { Head = head } : null;
        }
        catch (VaultException refused) when (!refused.IsOffline && IsVerdict(refused.Code))
        {
            // Whoever is right, the signed bytes stay: set free by a refusal, this device would sign a second commit on one predecessor.
            group.WantsPull = true;
            throw new VaultException(new Fault(FaultCode.RelayRefuses) { Inner = refused.Fault }.At(group.Id.Value, group.VerifiedSeq, null));
        }
    }

    // The rules' numbers, and a blob's: about bytes that were judged here before they were sent.
    private static bool IsVerdict(FaultCode code) => (int)code is (> 100 and < 400) or (int)FaultCode.BadBlob;

    private void Overtake(ChainHead head)
    {
        if (core.Replica.Journal.Find(head.Id) is { State: JournalState.Sent })
        {
            core.Replica.Database.Transact("overtaken", () => core.Replica.Journal.Settle(head.Id, JournalState.Overtaken));
        }
    }
}
