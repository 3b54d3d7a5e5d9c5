using Google.Protobuf;
using Vault.Client.Replicas;
using Vault.Core.Chains;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>
/// Pull, verify, apply. A token only says where to read on; whatever is wrong with it, the chain is read from the newest head that the
/// relay knows too, and compared commit by commit, which finds every change and every deletion. The outbox is not touched by any of
/// it, and no blob that is here is fetched again.
/// </summary>
internal sealed class GroupPuller(ClientCore core, CommitApplier applier, BlobFetcher blobs, SuffixPusher suffix)
{
    // A window may open on a relay that was known to be forked: a small call now and then finds it.
    private static readonly TimeSpan BetweenOffers = TimeSpan.FromMinutes(10);

    /// <summary>Reads one group to the relay's head. Throws what went wrong; other groups are not concerned.</summary>
    public async Task PullAsync(FollowedGroup group, CancellationToken cancellation)
    {
        if (group.IsHalted)
        {
            throw new VaultException(new Fault(FaultCode.Forked).At(group.Id.Value, group.VerifiedSeq, null));
        }

        group.WantsPull = false;
        try
        {
            // A token that a crash left behind what is verified here would bring that again, blobs and all.
            var isUseless = group.From.Token.IsEmpty || group.From.Position < group.Ids.Count;
            await ReadAsync(group, compare: isUseless && group.State is not null, cancellation);

            // Who was removed is given no blob any more, and asking would put a lesser fault in the place of NOT_A_MEMBER.
            if (group.Follow != Follow.Over)
            {
                await blobs.FetchAsync(group, cancellation);
            }

            group.Fault = group.Follow == Follow.Over ? group.Fault : null;
        }
        catch (VaultException failed)
        {
            Note(group, failed);
            if (group.WantsOffer)
            {
                await OfferAsync(group, cancellation);
            }

            throw;
        }
    }

    /// <summary>Gives the relay a group back that it does not name, if it takes one.</summary>
    public async Task RefillAsync(FollowedGroup group, CancellationToken cancellation)
    {
        group.WantsRefill = false;
        try
        {
            await suffix.RefillAsync(group, cancellation);
        }
        catch (VaultException unknown) when (unknown.Code == FaultCode.UnknownGroup)
        {
            throw new VaultException(new Fault(FaultCode.Withheld).At(group.Id.Value, group.VerifiedSeq, null));
        }

        group.Withheld = false;
        group.Fault = null;
    }

    /// <summary>Gives the relay the commit back that ended this account's membership, and what it lost before it.</summary>
    public async Task GiveEndAsync(FollowedGroup group, ChainHead relayHead, CancellationToken cancellation)
    {
        group.LacksEndAfter = null;
        await suffix.PushAsync(group, relayHead, cancellation);
    }

    /// <summary>Gives the relay blobs that it says it lacks.</summary>
    public async Task GiveBlobsAsync(FollowedGroup group, CancellationToken cancellation)
    {
        group.WantsGiving = false;
        await suffix.GiveBlobsAsync(group, cancellation);
    }

    /// <summary>
    /// Brings this device's side of a fork to the relay, which keeps it in a recovery window for its operator to pick; outside one it
    /// says no more than before. Whatever comes of it, the fork stays what it is until the relay shows this side.
    /// </summary>
    public async Task OfferAsync(FollowedGroup group, CancellationToken cancellation)
    {
        (group.WantsOffer, group.OfferAt) = (false, core.BootNow + BetweenOffers);
        if (core.Replica.Forks.Unsettled(group.Id.Value) is not [{ Seq: var fork }, ..])
        {
            return;
        }

        try
        {
            if (await suffix.OfferAsync(group, fork, cancellation))
            {
                core.Replica.Database.Transact("kept there", () => core.Replica.Forks.KeptThere(group.Id.Value));
                (group.IsKeptThere, group.WantsPull) = (true, true);
            }
        }
        catch (VaultException failed)
        {
            // No room, or not now: the next poll asks again once it is time.
            core.LinkFailure = failed.IsOffline ? failed : core.LinkFailure;
            group.OfferAt = core.BootNow + (failed.IsOffline ? TimeSpan.Zero : failed.Fault.RetryAfter ?? BetweenOffers);
        }
    }

    /// <summary>Takes a commit that the stream brought, if it is the next one and valid. It proves nothing.</summary>
    public bool TryTakeHint(FollowedGroup group, CommitRecord record, ByteString token)
    {
        if (group.State is not { } state || group.Forked || group.RelayBehind || token.Length > ReadPoint.TokenBytesMax)
        {
            return false;
        }

        if (OwnAgain(group, record.Commit) is not { } commit)
        {
            var step = GroupRules.Extend(state, record.Commit);
            if (!step.IsValid)
            {
                return false;
            }

            commit = step.Value;
        }

        applier.ApplyHint(group, commit, record.Blobs.Select(blob => blob.Content), token);
        return true;
    }

    // The id covers the predecessor and every byte, so what comes back under it is what was verified on this head when it was signed.
    private static VerifiedCommit? OwnAgain(FollowedGroup group, SignedEntry commit) =>
        group.Own is { } own && own.Head.Seq == group.VerifiedSeq + 1 && EntryIds.OfGroupCommit(group.State!.Head.Id, commit) == own.Head.Id
            ? own
            : null;

    private async Task ReadAsync(FollowedGroup group, bool compare, CancellationToken cancellation)
    {
        var (token, position) = compare ? ReadPoint.Start : group.From;
        List<ChainHead> known = compare ? KnownHeads.Of(group) : [];
        var inline = true;
        while (true)
        {
            var sent = new Proof(default, core.BootNow, core.Skew);
            var whenSent = (group.State?.Head.Seq, group.Recorded);
            PullResponse page;
            try
            {
                var from = new PullRequest { Group = group.Id.ToByteString(), Token = token, InlineBlobs = inline };
                from.Known.Add(known.Select(head => head.ToGroupHead()));
                page = await core.Calls.CallAsync((relay, options) => relay.Groups.PullAsync(from, options), 2, cancellation);
            }
            catch (VaultException unknown) when (!compare && unknown.Code is FaultCode.BadToken or FaultCode.ForeignToken)
            {
                await ReadAsync(group, compare: true, cancellation);
                return;
            }

            if (known.Count > 0)
            {
                position = Start(group, page);
                inline = position == group.Ids.Count;
                known = [];
            }

            if (TakePage(group, page, ref position) is { } fault)
            {
                if (!compare && group.State is not null && fault.Code is FaultCode.WrongSeq or FaultCode.WrongPrev)
                {
                    await ReadAsync(group, compare: true, cancellation);
                    return;
                }

                throw new VaultException(fault);
            }

            token = page.Token;
            if (!page.More)
            {
                // The token skips what this replica lacks: a cursor, never evidence. What is missing is read from the beginning.
                if (!compare && page.Head is { } head && head.Seq > group.VerifiedSeq)
                {
                    await ReadAsync(group, compare: true, cancellation);
                    return;
                }

                await FinishAsync(group, page, whenSent, sent, cancellation);
                return;
            }

            if (page.Commits.Count == 0)
            {
                throw new VaultException(new Fault(FaultCode.BadRequest, "a page without commits promises more"));
            }
        }
    }

    // Where the page begins: after a head that is verified here, or at the genesis.
    private static int Start(FollowedGroup group, PullResponse page)
    {
        if (page.After is null)
        {
            return 0;
        }

        return ChainHead.TryParse(page.After, out var after) && group.Contains(after)
            ? (int)after.Seq + 1
            : throw new VaultException(new Fault(FaultCode.BadRequest, "a page after a head that was not named"));
    }

    // Commits already verified here are only compared by id; the first that is not the same tells of a fork, or of garbage.
    private Fault? TakePage(FollowedGroup group, PullResponse page, ref int position)
    {
        if (page.Token.Length > ReadPoint.TokenBytesMax)
        {
            return new Fault(FaultCode.BadToken, "a token that is too long").At(group.Id.Value, (ulong)position, null);
        }

        var fresh = new List<VerifiedCommit>();
        var state = group.State;
        Fault? fault = null;
        foreach (var record in page.Commits)
        {
            if (record.Commit is null)
            {
                fault = new Fault(FaultCode.BadRequest, "a record without a commit").At(group.Id.Value, (ulong)position, null);
                break;
            }

            if (position < group.Ids.Count)
            {
                var prev = position == 0 ? new EntryId(Hash32.Zero) : group.Ids[position - 1];
                if (EntryIds.OfGroupCommit(prev, record.Commit) != group.Ids[position])
                {
                    fault = Diverged(group, record.Commit, position);
                    break;
                }

                position++;
                continue;
            }

            var step = state is null ? GroupRules.Found(record.Commit) : GroupRules.Extend(state, record.Commit);
            fault = !step.IsValid ? step.Fault
                : step.Value.After.Id != group.Id ? new Fault(FaultCode.WrongChain).At(group.Id.Value, 0, null)
                : null;
            if (fault is not null)
            {
                break;
            }

            fresh.Add(step.Value);
            state = step.Value.After;
            position++;
        }

        // What came before the fault is verified, and stays.
        if (fresh.Count > 0 || (fault is null && page.Token != group.From.Token))
        {
            applier.Apply(group, fresh, page.Commits.SelectMany(record => record.Blobs).Select(blob => blob.Content), fault is null ? new ReadPoint(page.Token, position) : null);
        }

        if (fault is { Code: FaultCode.NewerFormat })
        {
            // A signature of the group's says so: a relay's word, which comes as a refusal, does not (attack: one refusal, and the group
            // asks for an update for ever).
            SetUpdateNeeded(group, true);
        }

        return fault;
    }

    private Fault Diverged(FollowedGroup group, SignedEntry theirs, int position)
    {
        var ours = core.Replica.Chains.Commits(group.Id);
        var place = (ulong)position;
        if (position == 0)
        {
            return new Fault(FaultCode.WrongChain).At(group.Id.Value, 0, null);
        }

        var before = GroupRules.Verify(ours[..position]);
        var other = before.IsValid ? GroupRules.Extend(before.Value, theirs) : before.Fault;
        if (!other.IsValid)
        {
            return other.Fault;
        }

        if (!core.Replica.Forks.Unsettled(group.Id.Value).Exists(fork => fork.Seq == place))
        {
            // Found now: what the relay kept of another fork begins elsewhere.
            (group.IsKeptThere, group.WantsOffer) = (false, true);
        }

        // Two valid signed commits on one prev: kept as evidence, and nothing is sealed in this group any more.
        core.Replica.Database.Transact("fork", () => core.Replica.Forks.Add(group.Id.Value, place, ours[position], theirs));
        group.Forked = true;
        return new Fault(FaultCode.Forked).At(group.Id.Value, place, other.Value.Author);
    }

    private async Task FinishAsync(
        FollowedGroup group, PullResponse last, (ulong? Seq, ChainHead? Recorded) whenSent, Proof sent, CancellationToken cancellation)
    {
        if (!ChainHead.TryParse(last.Head, out var head))
        {
            throw new VaultException(new Fault(FaultCode.BadRequest, "head"));
        }

        if (head.Seq < whenSent.Seq && group.Contains(head))
        {
            // This request went out after the local head stood further on, so the relay lost what follows: give it back.
            group.RelayBehind = true;
            await suffix.PushAsync(group, head, cancellation);
            return;
        }

        core.LinkFailure = null;
        if (whenSent.Recorded is { } recorded && !group.Contains(recorded))
        {
            // All that the relay shows is read, and what another device of this account verified is not in it. It is not here either.
            group.RelayBehind = true;
            return;
        }

        if (group.Forked)
        {
            // A head that is not on the kept side settles nothing: it is unsigned, and the commits that would show it did not come.
            if (!group.Contains(head))
            {
                return;
            }

            // The side that a person keeps, or that the relay kept for its operator, is the relay's now.
            core.Replica.Database.Transact("settled", () => core.Replica.Forks.Settle(group.Id.Value));
            group.EndFork();
        }

        group.RelayBehind = false;
        if (group.Contains(head))
        {
            // All that the relay has is understood: this program was updated, or what asked for it stands nowhere.
            SetUpdateNeeded(group, false);
        }

        core.Watchdog.Prove(group, sent with { Head = head });
    }

    private void Note(FollowedGroup group, VaultException failed)
    {
        if (failed.IsOffline)
        {
            core.LinkFailure = failed;
            return;
        }

        // Asked for again, whether or not anything is known to be missing: only a good answer takes the fault away.
        group.Fault = failed.Fault;
        group.WantsPull = !group.IsHalted;
    }

    private void SetUpdateNeeded(FollowedGroup group, bool isNeeded)
    {
        if (group.UpdateNeeded != isNeeded)
        {
            core.Replica.Database.Transact("update needed", () => core.Replica.Chains.SetUpdateNeeded(group.Id, isNeeded));
            group.UpdateNeeded = isNeeded;
        }
    }
}
