using System.Diagnostics.Metrics;

namespace Vault.Server.Engine;

/// <summary>What an operator counts. No label names a person.</summary>
internal sealed class RelayMetrics : IDisposable
{
    public const string MeterName = "Vault.Server";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _missed;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _races;
    private readonly Counter<long> _dropped;

    public RelayMetrics()
    {
        _missed = _meter.CreateCounter<long>("vault_notifications_missed_total");
        _commits = _meter.CreateCounter<long>("vault_commits_total");
        _races = _meter.CreateCounter<long>("vault_races_lost_total");
        _dropped = _meter.CreateCounter<long>("vault_attestations_dropped_total");
    }

    /// <summary>Heads that polls found and no hint had reached, as clients report them.</summary>
    public long MissedHints { get; private set; }

    public void Missed(uint hints)
    {
        if (hints > 0)
        {
            // A client's number is a claim: one call counts for at most a thousand.
            var counted = Math.Min(hints, 1_000);
            MissedHints += counted;
            _missed.Add(counted);
        }
    }

    public void Committed(int commits) => _commits.Add(commits);

    public void RaceLost() => _races.Add(1);

    public void AttestationDropped() => _dropped.Add(1);

    public void Dispose() => _meter.Dispose();
}
