using Vault.Client.Replicas;
using Vault.Client.Transport;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Sync;

/// <summary>
/// Asks for all heads over its own connection, so it never shares the path that it watches; <see cref="HintWatchdog"/> compares what it
/// finds with what was hinted.
/// </summary>
internal sealed class Poller(ClientCore core, Attester attester, Witnesses witnesses) : IDisposable
{
    private RelayCaller? _relay;

    /// <summary>One poll. Throws when there was no answer.</summary>
    public async Task PollAsync(CancellationToken cancellation)
    {
        _relay ??= core.Dial(ConnectionUse.Poll);
        var account = core.RequireAccount();
        var said = attester.Due();
        var request = new HeadsRequest { MissedHints = core.Watchdog.TakeReport() };
        request.Attestations.Add(said);
        request.Known.Add(witnesses.Known());
        var sent = new Proof(default, core.BootNow, core.Skew);
        var founding = core.Replica.Journal.GroupsInFlight().ToHashSet();
        var known = core.Groups.ToDictionary(group => group.Key, group => (group.Value.State?.Head.Seq, group.Value.Recorded));
        var accountHeadWhenSent = account.State.Head;
        HeadsResponse heads;
        try
        {
            heads = await _relay.CallAsync((relay, options) => relay.Groups.HeadsAsync(request, options), cancellation);
        }
        catch (VaultException failed)
        {
            core.LinkFailure = failed;
            core.AnsweringSince = failed.IsOffline ? null : core.AnsweringSince;
            core.Watchdog.GiveBack(request.MissedHints);

            // While the relay does not answer, it is not the stream's fault that it is down.
            core.StreamLostAt = core.StreamLostAt is null ? null : core.BootNow;
            Redial();
            throw;
        }
        catch (OperationCanceledException)
        {
            core.Watchdog.GiveBack(request.MissedHints);
            throw;
        }

        core.LinkFailure = null;
        core.AnsweringSince ??= core.BootNow;
        core.RoundTrip = core.BootNow - sent.SentAt;
        if (said.Count > 0)
        {
            attester.Said(said);
        }

        var named = heads.Heads.Where(head => head.Group.Length == Hash32.Size).ToLookup(head => GroupId.Parse(head.Group.Span));
        foreach (var group in core.Groups.Values)
        {
            // Groups that came to be followed while the poll was under way are the next one's.
            if (known.TryGetValue(group.Id, out var whenSent))
            {
                Judge(group, named[group.Id].FirstOrDefault(), whenSent, isFounding: whenSent.Seq is null && founding.Contains(group.Id), sent);
            }
        }

        foreach (var attestation in heads.Attestations)
        {
            attester.Hear(attestation, sent.SentAt);
        }

        if (ChainHead.TryParse(heads.AccountHead, out var accountHead) && accountHead != accountHeadWhenSent)
        {
            core.WantsAccount = true;
        }

        core.WantsLocker = heads.WantsLocker;
        if (heads.JoinsWaiting > 0)
        {
            foreach (var group in core.Groups.Values.Where(group => group.State?.Invites.Values.Any(invite => invite.Opener == account.Id) == true))
            {
                group.WantsJoins = true;
            }
        }

        core.Wake.Set();
    }

    /// <summary>The next poll opens a connection of its own anew.</summary>
    public void Redial()
    {
        _relay?.Dispose();
        _relay = null;
    }

    public void Dispose() => Redial();

    private void Judge(FollowedGroup group, NamedHead? named, (ulong? Seq, ChainHead? Recorded) whenSent, bool isFounding, Proof sent)
    {
        if (named is null || !ChainHead.TryParse(named.Head, out var head))
        {
            // A group only this client knows; one that is asked for, or was not founded yet, is not known to the relay either.
            group.Withheld = group.Follow == Follow.Accepted && !isFounding;
            if (group.Withheld)
            {
                group.WantsRefill = group.State is not null && !group.Forked;
                group.Fault = new Fault(FaultCode.Withheld).At(group.Id.Value, group.VerifiedSeq, null);
                attester.SayAgain(group.Id);
            }

            return;
        }

        group.Withheld = false;
        group.WantsRefill = false;
        group.WantsGiving = named.WantsBlobs && group.Follow == Follow.Accepted && group.Contains(head);
        if (group.Fault?.Code == FaultCode.Withheld)
        {
            group.Fault = null;
        }

        group.LacksEndAfter = group.Follow == Follow.Over && named.Member && group.Contains(head) && head.Seq < whenSent.Seq ? head : null;
        if (group.Contains(head))
        {
            if (head.Seq < whenSent.Seq || (whenSent.Recorded is { } recorded && !group.Contains(recorded)))
            {
                group.RelayBehind |= group.Follow == Follow.Accepted;
                attester.SayAgain(group.Id);
                group.WantsPull |= group.RelayBehind && head.Seq < whenSent.Seq;
                return;
            }

            group.RelayBehind = false;
            core.Watchdog.Prove(group, sent with { Head = head });
            core.Watchdog.Found(group, head.Seq);

            // A blob that was withheld is asked for again, so a relay that turned honest is enough to heal.
            group.WantsPull |= group.MissingBlobs.Count > 0;
            return;
        }

        group.WantsOffer |= group is { Forked: true, IsKeptThere: false } && core.BootNow >= group.OfferAt;

        // Ahead of this replica, or beside it: the pull tells. As a proof it says at least that something is missing here.
        group.WantsPull = true;
        if (head.Seq > group.VerifiedSeq)
        {
            core.Watchdog.Prove(group, sent with { Head = head });
            core.Watchdog.Found(group, head.Seq);
        }
    }
}
