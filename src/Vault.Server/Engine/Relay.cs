using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging.Abstractions;
using Vault.Core.Seams;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>
/// One relay over one store: everything but the transport. Its loops run on the context on which it is started, its
/// completions where the scheduler posts them, so the same object serves threads in production and one pump in a simulation.
/// </summary>
public sealed partial class Relay : IAsyncDisposable
{
    private readonly RelayParts _parts;
    private readonly Tail _tail;
    private readonly TailAudit _audit;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private ITimer? _ticker;
    private ExceptionDispatchInfo? _defect;

    public Relay(
        RelayOptions options,
        IRelayStore store,
        IRelayScheduler scheduler,
        TimeProvider time,
        IRandomSource random,
        ILogger<Relay>? logger = null,
        IBranchStore? branches = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _parts = new RelayParts(options, store, scheduler, time, random, logger ?? NullLogger<Relay>.Instance, branches);
        _tail = new Tail(_parts);
        _audit = new TailAudit(_parts);
        SessionDesk = new SessionDesk(_parts);
        Accounts = new AccountDesk(_parts);
        Push = new GroupPush(_parts);
        Groups = new GroupReads(_parts);
        Watches = new WatchDesk(_parts);
        Mailboxes = new MailboxDesk(_parts);
    }

    public SessionDesk SessionDesk { get; }

    public AccountDesk Accounts { get; }

    public GroupPush Push { get; }

    public GroupReads Groups { get; }

    public WatchDesk Watches { get; }

    public MailboxDesk Mailboxes { get; }

    /// <summary>Heads that clients' polls found before any hint did, since the start.</summary>
    public long MissedHints => _parts.Metrics.MissedHints;

    /// <summary>Heads that the tail had not published in time, since the start.</summary>
    public long MissedHeads => _parts.Metrics.MissedHeads;

    /// <summary>Whether the canary row was written lately: a relay that confirms nothing serves nobody.</summary>
    public bool IsConfirming => _parts.Pulse.IsConfirming;

    /// <summary>Whether it takes back what it lost, and only that.</summary>
    public RecoveryWindow Window => _parts.Window;

    /// <summary>Whether its streams have ended and its loops are ending.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>The relay's instruments.</summary>
    internal System.Diagnostics.Metrics.Meter Meter => _parts.Metrics.Meter;

    /// <summary>Starts tail, audit, canary and housekeeping.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _tail.StartAsync(cancellationToken);
        await _parts.Pulse.BeatAsync(cancellationToken);
        var interval = _parts.Limits.TailInterval;
        _ticker = _parts.Time.CreateTimer(_ => _parts.Doorbell.Set(), null, interval, interval);
        _loops.Add(LoopAsync("tail", StepTailAsync));
        _loops.Add(LoopAsync("audit", _audit.StepAsync));
        _loops.Add(LoopAsync("pulse", StepPulseAsync));
        _loops.Add(LoopAsync("prune", StepPruneAsync));
    }

    /// <summary>The session of a bearer token, if it may call now.</summary>
    /// <exception cref="RelayFaultException">UNAUTHENTICATED, SESSION_REVOKED or RATE_LIMITED.</exception>
    public Session Admit(ReadOnlySpan<byte> token) => _parts.Sessions.Admit(token);

    /// <summary>Ends every stream: a transport that waits for its calls can stop then.</summary>
    public void EndStreams()
    {
        IsStopping = true;
        _parts.FanOut.EndAll(new Fault(FaultCode.StoreUnavailable, "the relay stops"));
    }

    /// <summary>Ends streams and loops; calls that came before are answered by the store as long as it is open.</summary>
    /// <exception cref="InvalidOperationException">Or whatever else a loop of this relay ran into that was no fault of the store.</exception>
    public async Task StopAsync()
    {
        EndStreams();
#pragma warning disable CA1849 // CancelAsync leaves the pump.
        _stopping.Cancel();
#pragma warning restore CA1849
        if (_ticker is not null)
        {
            await _ticker.DisposeAsync();
        }

        foreach (var loop in _loops)
        {
            await loop;
        }

        _loops.Clear();
        var defect = Interlocked.Exchange(ref _defect, null);
        defect?.Throw();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
        _parts.Metrics.Dispose();
    }

    private async Task LoopAsync(string name, Func<CancellationToken, Task> step)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await step(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                LogStoreUnavailable(_parts.Logger, name, e.Message);
                await PauseAsync();
            }
#pragma warning disable CA1031 // Whatever it is: a tail that ended in silence would leave everybody stale who trusts in hints.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _defect ??= ExceptionDispatchInfo.Capture(e);
                _parts.Metrics.LoopFailed(name);
                LogDefect(_parts.Logger, name, e);
                await PauseAsync();
            }
        }
    }

    private async Task StepTailAsync(CancellationToken cancellationToken)
    {
        await _parts.Doorbell.WaitAsync(cancellationToken);
        await _tail.StepAsync(cancellationToken);
    }

    private async Task StepPulseAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(_parts.Limits.PulseInterval, _parts.Time, cancellationToken);
        await _parts.Pulse.BeatAsync(cancellationToken);
        _parts.Sessions.Sweep();
    }

    private async Task StepPruneAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(_parts.Limits.PruneInterval, _parts.Time, cancellationToken);
        var now = _parts.Time.GetUtcNow();
        await _parts.Store.WriteAsync(
            new StoreWrite.Prune(
                now - _parts.Limits.StagedLifetime, now - _parts.Limits.SupersededLifetime, now - _parts.Limits.LinkLifetime),
            cancellationToken);
    }

    // The store fails: wait a tick instead of spinning.
    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(_parts.Limits.PulseInterval, _parts.Time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    [LoggerMessage(3, LogLevel.Warning, "The {Loop} cannot use the store: {Reason}")]
    private static partial void LogStoreUnavailable(ILogger logger, string loop, string reason);

    [LoggerMessage(8, LogLevel.Critical, "The {Loop} met a defect of this program, and goes on.")]
    private static partial void LogDefect(ILogger logger, string loop, Exception defect);
}
