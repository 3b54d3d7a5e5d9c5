using Vault.Client.Accounts;
using Vault.Client.Groups;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Protocol.V1;

namespace Vault.Client.Doctor;

/// <summary>
/// Looks at everything that can go wrong in silence. Works locked and offline; what it cannot look at it says. Mending discards no edit
/// and moves no verified head.
/// </summary>
public sealed class VaultDoctor
{
    private readonly ClientCore _core;
    private readonly VaultSync _sync;
    private readonly SyncLoop _loop;
    private readonly GroupReader _reader;
    private readonly Prober _prober;
    private readonly ReplicaRepair _repair;
    private readonly LinkRedial _redial;

    internal VaultDoctor(ClientCore core, VaultSync sync, SyncLoop loop, GroupReader reader, Prober prober, ReplicaRepair repair, LinkRedial redial)
    {
        _core = core;
        _sync = sync;
        _loop = loop;
        _reader = reader;
        _prober = prober;
        _repair = repair;
        _redial = redial;
    }

    /// <summary>Every check, in the order in which they are worth reading; mends meanwhile where that is asked for.</summary>
    public async Task<IReadOnlyList<CheckResult>> ExamineAsync(bool mend, CancellationToken cancellation = default)
    {
        if (_core.Account is not { } account)
        {
            return [new CheckResult("account", CheckState.Warn, "this profile has no account", "svault register, or svault login")];
        }

        var paths = await PathsAsync(account, mend, cancellation);
        var replica = await ReplicaAsync(mend, cancellation);
        var isLocked = _core.Keys is null;
        var outbox = await OutboxAsync(isLocked, mend, cancellation);
        var groups = Groups();
        return
        [
            .. paths, replica, .. outbox,
            GroupChecks.Forks(groups, _core.AccountFault),
            GroupChecks.Faults(groups, _core.AccountFault ?? _core.ServedAccountFault),
            GroupChecks.Owners(groups),
            GroupChecks.Epochs(groups, isLocked),
        ];
    }

    private async Task<IEnumerable<CheckResult>> PathsAsync(OwnAccount account, bool mend, CancellationToken cancellation)
    {
        var results = PathChecks.Of(account.Relay, await _prober.ProbeAsync(cancellation), _sync.Connection()).ToList();
        if (!mend || !_loop.IsRunning || results.All(result => result.Name is not ("notifications" or "poll") || result.State == CheckState.Ok))
        {
            return results;
        }

        await _redial.RedialAsync(cancellation);
        var again = PathChecks.Of(account.Relay, await _prober.ProbeAsync(cancellation), _sync.Connection());
        return again.Select(result => result.Name is "notifications" or "poll" ? result with { Mended = "all connections were dialled anew" } : result);
    }

    private async Task<CheckResult> ReplicaAsync(bool mend, CancellationToken cancellation)
    {
        var audit = new ReplicaAudit(_core);
        var report = await audit.RunAsync();
        if (!mend || report.IsSound)
        {
            return Told(report, "");
        }

        var failure = await TryAsync(async limited =>
        {
            await _repair.MendAsync(report, limited);
            if (_core.Groups.Values.Any(group => group.WantsPull))
            {
                await _loop.RoundAsync(null, limited);
            }
        }, cancellation);
        var after = await audit.RunAsync();
        return Told(
            after,
            $"{report.Findings.Count - after.Findings.Count} of {report.Findings.Count} findings were put right"
            + (failure.Length == 0 ? "" : $"; the rest was not: {failure}"));
    }

    // A row that could not be read once stands in the status until an audit could read them all.
    private CheckResult Told(AuditReport report, string mended)
    {
        if (report.IsSound)
        {
            _core.Replica.Database.ForgetUnreadable();
        }

        return ReplicaChecks.Of(report, mended);
    }

    private async Task<IEnumerable<CheckResult>> OutboxAsync(bool isLocked, bool mend, CancellationToken cancellation)
    {
        var groups = Statuses();
        if (!mend || !groups.Any(group => group.Status.IsStuck))
        {
            return OutboxChecks.Of(groups, isLocked);
        }

        // A round does not wait for a group's next try.
        var failure = await TryAsync(limited => _loop.RoundAsync(null, limited), cancellation);
        return OutboxChecks.Of(Statuses(), isLocked, failure.Length == 0 ? "what waits was sent again" : $"what waits was tried again: {failure}");
    }

    // Mending may need the relay, and somebody waits for the answer. Why it did not come to its end; empty: it did.
    private async Task<string> TryAsync(Func<CancellationToken, Task> mend, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_core.Options.CallDeadline * 4, _core.Seams.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await mend(either.Token);
            return "";
        }
        catch (VaultException failed)
        {
            return failed.Message;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "it takes long, and goes on by itself";
        }
    }

    private List<(string Group, GroupStatus Status)> Statuses() =>
        [.. _core.Groups.Values.Select(group => (Name(group), _reader.Status(group)))];

    private List<GroupFacts> Groups() => [.. _core.Groups.Values.Where(group => group.Follow == Follow.Accepted).Select(Facts)];

    private GroupFacts Facts(FollowedGroup group)
    {
        var facts = new GroupFacts { Name = Name(group), Status = _reader.Status(group) };
        if (group.State is not { } state)
        {
            return facts;
        }

        var used = state.Items.Values.Select(item => item.Epoch).Distinct().ToList();
        var keys = _core.Keys?.Of(group.Id);
        return facts with
        {
            Members = state.Members.Count,
            Owners = state.Members.Values.Count(member => member.Role == Role.Owner),
            IsOwner = state.MemberOf(_core.Account!.Id)?.Role == Role.Owner,
            LacksCurrentEpoch = keys is not null && state.Epoch > 0 && keys.KeyOf(state.Epoch) is null,
            LackedEpochs = keys is null ? 0 : used.Count(epoch => keys.KeyOf(epoch) is null),
        };
    }

    private string Name(FollowedGroup group) =>
        group.State is not null && _reader.View(group).Name is { Length: > 0 } name ? name : $"group {group.Id.ToString()[..8]}";
}
