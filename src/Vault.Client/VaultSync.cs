using Vault.Client.Groups;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Ids;
using Fault = Vault.Core.Fault;

namespace Vault.Client;

/// <summary>The sync loop and its status.</summary>
public sealed class VaultSync
{
    private readonly ClientCore _core;
    private readonly SyncLoop _loop;
    private readonly GroupReader _reader;
    private readonly Prober _prober;

    internal VaultSync(ClientCore core, SyncLoop loop, GroupReader reader, Prober prober)
    {
        _prober = prober;
        _core = core;
        _loop = loop;
        _reader = reader;
    }

    /// <summary>Raised on the client's context after the verified state or the outbox of a group changed.</summary>
    public event Action<GroupId>? Changed
    {
        add => _core.Changed += value;
        remove => _core.Changed -= value;
    }

    /// <summary>Whether the loop runs.</summary>
    public bool IsRunning => _loop.IsRunning;

    /// <summary>Starts watch stream, poll and push in the background; idempotent. Works locked: then nothing new is signed.</summary>
    public void Start()
    {
        _ = _core.RequireAccount();
        _loop.Start();
    }

    /// <summary>Stops them; idempotent.</summary>
    public Task StopAsync() => _loop.StopAsync();

    /// <summary>
    /// One whole round now: poll, pull, complete joins, push, for one group or all. The statuses, evaluated afterwards, say what
    /// is proven; a group's own trouble stands in its status. Offline is thrown.
    /// </summary>
    public async Task<IReadOnlyList<(GroupId Group, GroupStatus Status)>> SyncAsync(GroupId? group = null, CancellationToken cancellation = default)
    {
        _ = _core.RequireAccount();
        await _loop.RoundAsync(group, cancellation);
        return [.. _core.Groups.Values.Where(known => known.Follow == Follow.Accepted && (group is null || known.Id == group))
            .Select(known => (known.Id, _reader.Status(known)))];
    }

    /// <summary>
    /// Sends a nonce round to see whether hints arrive, and polls beside it. Trouble is in the result; works locked. Neither way raises
    /// any group's freshness by itself.
    /// </summary>
    public Task<ProbeResult> ProbeAsync(CancellationToken cancellation = default)
    {
        _ = _core.RequireAccount();
        return _prober.ProbeAsync(cancellation);
    }

    /// <summary>
    /// One round for a group. True: it is at the relay's head by a proof whose request was sent after this call, not by one that is merely
    /// young enough. Offline is thrown.
    /// </summary>
    public async Task<bool> ProveAsync(GroupId group, CancellationToken cancellation = default)
    {
        _ = _core.RequireAccount();
        var began = _core.BootNow;
        await _loop.RoundAsync(group, cancellation);
        return _core.Groups.TryGetValue(group, out var known) && known.Proof is { } proof && proof.SentAt >= began && _reader.Status(known).IsFresh;
    }

    /// <summary>How current a group is, evaluated now; also of an accepted group that the relay never served.</summary>
    public GroupStatus Status(GroupId group) => _core.Groups.TryGetValue(group, out var known)
        ? _reader.Status(known)
        : throw VaultException.Refuse(ClientRefusal.NotFound, $"No group {group} is here.");

    /// <summary>The connection as a whole.</summary>
    public ConnectionStatus Connection() => new(
        _core.StreamSince is { } since ? _core.BootNow - since : null,
        _core.NotificationsFailing,
        _core.MissedHints,
        _core.AccountFault ?? _core.ServedAccountFault ?? (_core.LinkFailure is { IsOffline: false } refused ? refused.Fault : null) ?? _core.DiskFault,
        _loop.Broken?.ToString() ?? Reason(_core.LinkFailure ?? _core.StreamFailure))
    {
        FailingFor = Since(_core.FailingSince),
        MissedWhileFailing = _core.MissedWhileFailing,
        DownFor = _core.StreamSince is null ? Since(_core.StreamDownAt) : null,
        RoundTrip = _core.RoundTrip,
        PollInterval = _core.PollInterval,
    };

    private TimeSpan? Since(TimeSpan? moment) => moment is { } at ? _core.BootNow - at : null;

    private static string Reason(VaultException? failure) => failure switch
    {
        null => "",
        { IsOffline: true } => $"{failure.Message} Edits are kept here and sent when it answers.",
        _ => failure.Message,
    };
}

/// <summary>The connection to the relay as a whole.</summary>
/// <param name="StreamAge">How long the stream has been up. Null: it is down.</param>
/// <param name="NotificationsFailing">A poll found a head that no hint had reached.</param>
/// <param name="MissedHints">How many such since start.</param>
/// <param name="Fault">What is wrong with the account or the relay as a whole. Null: nothing.</param>
/// <param name="Reason">Why the relay cannot be used now, for people. Empty: it can.</param>
public sealed record ConnectionStatus(TimeSpan? StreamAge, bool NotificationsFailing, int MissedHints, Fault? Fault, string Reason)
{
    /// <summary>How long notifications have been failing. Null: they are not.</summary>
    public TimeSpan? FailingFor { get; init; }

    /// <summary>How many misses since then.</summary>
    public int MissedWhileFailing { get; init; }

    /// <summary>How long the stream has been down. Null: it is up, or was never up since start.</summary>
    public TimeSpan? DownFor { get; init; }

    /// <summary>The last answered poll's way to the relay and back. Null: none yet.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>The present time from poll to poll, before its spread of 20 %.</summary>
    public TimeSpan PollInterval { get; init; }
}
