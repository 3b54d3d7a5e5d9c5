using Vault.Client.Groups;
using Vault.Client.Replicas;
using Vault.Core.Ids;

namespace Vault.Client.Sync;

/// <summary>
/// The one loop: pulls what is known to be missing, completes joins, accepts groups, sends edits. Each group's trouble stays its
/// own. Poll and stream run beside it and only leave word of what they saw.
/// </summary>
internal sealed class SyncLoop(
    ClientCore core,
    GroupPuller puller,
    GroupPusher pusher,
    OutboxSender outbox,
    AccountPuller account,
    AccountRefill refill,
    Poller poller,
    Watcher watcher,
    JoinCompleter joins,
    JoinAcceptor acceptor,
    PersonalRecords records,
    Func<CancellationToken, Task> finishRegistration) : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(5);

    // A relay may ask for patience, not for weeks of it (attack: one refusal stops a group long after the relay is honest again).
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // Timers stand still while the machine sleeps, so a long pause is cut into steps: it is noticed so soon after.
    private static readonly TimeSpan SleepStep = TimeSpan.FromSeconds(5);

    private CancellationTokenSource? _running;
    private Task _stopped = Task.CompletedTask;
    private Task[] _parts = [];
    private TimeSpan _accountRetryAt;
    private int _accountFailures;
    private TimeSpan? _skew;

    public bool IsRunning => _running is not null && Broken is null;

    /// <summary>A defect of this program that ended the loop, the poll or the stream; the others go on. Null: none.</summary>
    public Exception? Broken => _parts.FirstOrDefault(part => part.IsFaulted)?.Exception!.InnerException;

    public void Start()
    {
        if (_running is null)
        {
            _running = new CancellationTokenSource();
            core.Stopping = _running.Token;
            _parts = [LoopAsync(_running.Token), PollAsync(_running.Token), WatchAsync(_running.Token)];
            _stopped = Task.WhenAll(_parts);
        }
    }

    public async Task StopAsync()
    {
        if (_running is { } running)
        {
            _running = null;
            running.Cancel();
            await _stopped;
            running.Dispose();
        }
    }

    /// <summary>One whole round for one group or for all. The first trouble that is everybody's is thrown; a group's own is in its status.</summary>
    public Task RoundAsync(GroupId? only, CancellationToken cancellation) => core.Gate.RunAsync(async () =>
    {
        RedialAfterSleep();
        foreach (var group in core.Groups.Values)
        {
            // Who asks for a round may know of a window that was opened.
            group.OfferAt = default;
        }

        await poller.PollAsync(cancellation);
        await PassAsync(only, force: true, cancellation);

        // What this round brought may have named groups, or sent something that others' answers wait for.
        await PassAsync(only, force: false, cancellation);
    });

    public void Dispose() => _running?.Dispose();

    private async Task LoopAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await core.Gate.RunAsync(() => PassAsync(null, force: false, cancellation));
                await core.Wake.WaitAsync(UntilRetry(), cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (VaultException failed)
            {
                core.LinkFailure = failed;
                await PauseAsync(TimeSpan.FromSeconds(1), cancellation);
            }
        }
    }

    private async Task PollAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                RedialAfterSleep();
                core.WantsPoll = false;
                await poller.PollAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (VaultException)
            {
                // The status says it; the next poll is the retry.
            }

            await PauseBetweenPollsAsync(cancellation);
        }
    }

    // What ends the pause early: notifications that begin to fail, a lost stream, a machine that slept.
    private async Task PauseBetweenPollsAsync(CancellationToken cancellation)
    {
        var (begun, spread) = (core.BootNow, Backoff.Spread(core.Seams.Random));
        TimeSpan? soon = null;
        while (!cancellation.IsCancellationRequested && !HasSlept)
        {
            if (core.WantsPoll)
            {
                // Not all at the same moment, when a relay that many watch goes away.
                soon ??= core.BootNow + Backoff.AfterFailure(1, core.Seams.Random);
            }

            var rest = Min(begun + (core.PollInterval * spread), soon ?? TimeSpan.MaxValue) - core.BootNow;
            if (rest <= TimeSpan.Zero)
            {
                return;
            }

            try
            {
                await core.PollWake.WaitAsync(Min(rest, SleepStep), cancellation);
            }
            catch (OperationCanceledException)
            {
                // The loop's condition ends it.
            }
        }
    }

    private bool HasSlept => _skew is { } skew && Freshness.HasSlept(skew, core.Skew);

    // Nothing that was dialled before can be relied on.
    private void RedialAfterSleep()
    {
        if (HasSlept)
        {
            poller.Redial();
            core.HangUp();
            watcher.Redial();
        }

        _skew = core.Skew;
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        try
        {
            await watcher.RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            core.StreamLostAt = null;
        }
    }

    private async Task PassAsync(GroupId? only, bool force, CancellationToken cancellation)
    {
        if (core.Account is null)
        {
            return;
        }

        await TendAccountAsync(force, cancellation);
        FollowPersonal();
        records.Follow();
        acceptor.AcceptJoined();
        foreach (var group in core.Groups.Values.Where(group => only is null || group.Id == only || group.Id == core.Account.State.PersonalGroup).ToList())
        {
            await TendAsync(group, force, cancellation);
        }

        records.Follow();
        acceptor.AcceptJoined();
    }

    // The own account chain is one chain among others: what is wrong with it, or with what is served as it, stops no group.
    private async Task TendAccountAsync(bool force, CancellationToken cancellation)
    {
        if (!force && _accountRetryAt > core.BootNow)
        {
            return;
        }

        try
        {
            if (core.WantsAccount)
            {
                await account.PullAsync(cancellation);
                core.WantsAccount = false;
                core.ServedAccountFault = null;
            }

            if (core.WantsLocker)
            {
                core.WantsLocker = false;
                await refill.GiveLockerAsync(core.Calls, cancellation);
            }

            await finishRegistration(cancellation);
            _accountFailures = 0;
        }
        catch (VaultException failed)
        {
            if (!failed.IsOffline)
            {
                core.ServedAccountFault = failed.Fault;
                core.WantsAccount = true;
            }
            else
            {
                core.LinkFailure = failed;
            }

            _accountRetryAt = core.BootNow + Min(failed.Fault.RetryAfter ?? Backoff.AfterFailure(_accountFailures++, core.Seams.Random), LongestWait);
        }
    }

    private async Task TendAsync(FollowedGroup group, bool force, CancellationToken cancellation)
    {
        if (group.Follow == Follow.Over)
        {
            outbox.SetAside(group);
            if (core.Keys is not null && records.Group is not null)
            {
                records.MarkLeft(group);
            }

            await GiveEndAsync(group, cancellation);
            return;
        }

        if (!force && group.RetryAt > core.BootNow)
        {
            return;
        }

        try
        {
            if (group.WantsRefill)
            {
                await puller.RefillAsync(group, cancellation);
            }
            else if (group.WantsGiving)
            {
                await puller.GiveBlobsAsync(group, cancellation);
            }

            if (group.WantsOffer)
            {
                await puller.OfferAsync(group, cancellation);
            }

            // A group that was asked for is not readable before the relay names it. Sending again pulls first; below the record nothing is sent.
            var isNamed = group.Follow == Follow.Accepted || group.Proof is not null || group.Hints.Highest > 0;
            if (group.WantsPull && isNamed && (group.IsBelowRecord || !core.Replica.Journal.HasInFlight(group.Id)))
            {
                await puller.PullAsync(group, cancellation);
            }

            if (core.Keys is null)
            {
                await pusher.ResendAsync(group, cancellation);
                return;
            }

            if (group.WantsJoins)
            {
                await joins.CompleteAsync(group, cancellation);
            }

            await outbox.FlushAsync(group, cancellation);
            records.Refresh(group);
            group.Failures = 0;
        }
        catch (VaultException failed)
        {
            // Isolation: this group waits and the others go on; whose fault it is stands in its status.
            if (!failed.IsOffline)
            {
                group.Fault = failed.Fault;
            }
            else
            {
                core.LinkFailure = failed;
            }

            group.WantsPull |= group.State is null || failed.IsOffline;
            group.RetryAt = core.BootNow + Min(failed.Fault.RetryAfter ?? Backoff.AfterFailure(group.Failures++, core.Seams.Random), LongestWait);
        }
    }

    // Offered once a poll: what the relay says of it changes nothing here, where the membership has ended.
    private async Task GiveEndAsync(FollowedGroup group, CancellationToken cancellation)
    {
        if (group.LacksEndAfter is not { } relayHead)
        {
            return;
        }

        try
        {
            await puller.GiveEndAsync(group, relayHead, cancellation);
        }
        catch (VaultException failed)
        {
            core.LinkFailure = failed.IsOffline ? failed : core.LinkFailure;
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void FollowPersonal()
    {
        if (core.Account!.State.PersonalGroup is { } id && !core.Groups.ContainsKey(id) && core.Keys is { } keys)
        {
            core.Replica.Database.Transact("follow", () => ReplicaGuard.Follow(core, keys, id, Follow.Accepted));
            core.Groups.Add(id, new FollowedGroup(id, core.Seams.Time) { Follow = Follow.Accepted, WantsPull = true });
        }
    }

    private TimeSpan UntilRetry()
    {
        var now = core.BootNow;
        var waits = core.Groups.Values.Select(group => group.RetryAt).Append(_accountRetryAt).Where(at => at > now).Select(at => at - now).ToList();
        return waits.Count == 0 ? Idle : waits.Min();
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(pause, core.Seams.Time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The loop's condition ends it.
        }
    }
}
