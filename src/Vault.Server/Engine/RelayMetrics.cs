using System.Diagnostics.Metrics;

namespace Vault.Server.Engine;

/// <summary>
/// What an operator counts. No label names a person, a group or a device: each has few values, and all of them are words of
/// this program.
/// </summary>
internal sealed class RelayMetrics : IDisposable
{
    public const string MeterName = "Vault.Server";

    // Seconds. A sync on a good disk takes one to five milliseconds, a lost ring 100; from 2 s on a client calls notifications failing.
    private static readonly InstrumentAdvice<double> s_latencies =
        new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30] };

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _missed;
    private readonly Counter<long> _unpublished;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _pushes;
    private readonly Counter<long> _races;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _defects;
    private readonly Histogram<double> _lag;
    private readonly Histogram<double> _writes;

    public RelayMetrics()
    {
        _missed = _meter.CreateCounter<long>(
            "vault_notifications_missed_total", description: "Heads that clients' polls found and no hint had reached.");
        _unpublished = _meter.CreateCounter<long>(
            "vault_tail_missed_heads_total", description: "Heads that the tail had not published and the audit did.");
        _commits = _meter.CreateCounter<long>("vault_commits_total", description: "Commits taken.");
        _pushes = _meter.CreateCounter<long>("vault_pushes_total", description: "Pushes and suffixes, by what became of them.");
        _races = _meter.CreateCounter<long>("vault_races_lost_total", description: "Pushes that another commit came before.");
        _dropped = _meter.CreateCounter<long>("vault_attestations_dropped_total", description: "Attestations that did not count.");
        _defects = _meter.CreateCounter<long>("vault_loop_failures_total", description: "Defects met by tail, audit, pulse or prune, which went on.");
        _lag = _meter.CreateHistogram(
            "vault_delivery_lag_seconds", description: "From a commit's durability to its hint written to a stream.", tags: null, advice: s_latencies);
        _writes = _meter.CreateHistogram(
            "vault_store_write_seconds", description: "A write to the store, with its wait and its sync.", tags: null, advice: s_latencies);
    }

    /// <summary>Which instruments are this relay's, where a process holds several.</summary>
    public Meter Meter => _meter;

    /// <summary>Heads that polls found and no hint had reached, as clients report them.</summary>
    public long MissedHints { get; private set; }

    /// <summary>Heads that the audit found and published in the tail's place.</summary>
    public long MissedHeads { get; private set; }

    /// <summary>Asks for these whenever somebody collects.</summary>
    public void Observe(Func<int> watchers, Func<bool> confirming)
    {
        _meter.CreateObservableGauge("vault_watchers", watchers, description: "Open streams.");
        _meter.CreateObservableGauge(
            "vault_store_confirming", () => confirming() ? 1 : 0, description: "1 while the canary row is being written, else 0.");
    }

    public void Missed(int hints)
    {
        MissedHints += hints;
        _missed.Add(hints);
    }

    public void Unpublished()
    {
        MissedHeads++;
        _unpublished.Add(1);
    }

    public void Committed(int commits) => _commits.Add(commits);

    public void Pushed(string outcome) => _pushes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void LoopFailed(string loop) => _defects.Add(1, new KeyValuePair<string, object?>("loop", loop));

    public void RaceLost() => _races.Add(1);

    public void AttestationDropped() => _dropped.Add(1);

    public void Delivered(TimeSpan lag) => _lag.Record(lag.TotalSeconds);

    public void Written(TimeSpan duration) => _writes.Record(duration.TotalSeconds);

    public void Dispose() => _meter.Dispose();
}
