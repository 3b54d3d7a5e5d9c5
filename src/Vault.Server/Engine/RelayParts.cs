using Vault.Core.Seams;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>What the parts of one relay share.</summary>
internal sealed class RelayParts
{
    public RelayParts(
        RelayOptions options, IRelayStore store, IRelayScheduler scheduler, TimeProvider time, IRandomSource random, ILogger logger,
        IBranchStore? branches)
    {
        Options = options;
        Store = store;
        Scheduler = scheduler;
        Time = time;
        Logger = logger;
        Branches = branches;
        Window = new RecoveryWindow(options.RecoveryWindow, time);
        Chains = new VerifiedChains(store, options.Limits.CacheBytes);
        Proofs = new Proofs(options, time, random);
        Sessions = new Sessions(options.Limits, random);
        Doorbell = new AsyncSignal(scheduler);
        FanOut = new FanOut(options.Limits, scheduler, time);
        Probes = new Probes(FanOut);
        Pulse = new Pulse(options.Limits, WriteAsync, time, logger);
        Metrics.Observe(() => FanOut.Count, () => Pulse.IsConfirming);
    }

    public RelayOptions Options { get; }

    public RelayLimits Limits => Options.Limits;

    public IRelayStore Store { get; }

    public IRelayScheduler Scheduler { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    /// <summary>Where branches are kept in a window. Null: nowhere.</summary>
    public IBranchStore? Branches { get; }

    public RecoveryWindow Window { get; }

    public VerifiedChains Chains { get; }

    public Proofs Proofs { get; }

    public Sessions Sessions { get; }

    public AsyncSignal Doorbell { get; }

    public FanOut FanOut { get; }

    public Probes Probes { get; }

    public Pulse Pulse { get; }

    public RelayMetrics Metrics { get; } = new();

    /// <summary>Writes durably, then rings: the one way by which anything changes.</summary>
    public async Task<WriteResult> WriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        var begun = Time.GetTimestamp();
        var result = await Store.WriteAsync(write, cancellationToken);
        Metrics.Written(Time.GetElapsedTime(begun));
        if (write is StoreWrite.AppendGroup append && result.Applied)
        {
            FanOut.Durable(append.Group, append.Commits[^1].Head.Seq);
        }

        Doorbell.Set();
        return result;
    }
}
