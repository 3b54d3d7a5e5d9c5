using System.Security.Cryptography;
using System.Text;

namespace Vault.Simulation.Runner;

/// <summary>What many seeds did together.</summary>
internal sealed class Summary
{
    private readonly SortedDictionary<string, long> _occurred = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ulong, string> _hashes = [];
    private double _seconds;
    private double _deviceSeconds;
    private double _ms;
    private double _secondsRun;
    private long _events;

    public int Violations { get; private set; }

    public void Add(SeedOutcome outcome, bool isNew)
    {
        Violations += outcome.Violation is null ? 0 : 1;
        _hashes[outcome.Seed] = outcome.Hash;
        _seconds += outcome.Seconds;
        _deviceSeconds += outcome.DeviceSeconds;
        _events += outcome.Events;
        _ms += isNew ? outcome.Ms : 0;
        _secondsRun += isNew ? outcome.Seconds : 0;
        foreach (var (kind, count) in outcome.Occurred)
        {
            _occurred[kind] = _occurred.GetValueOrDefault(kind) + count;
        }
    }

    public void Print(TextWriter to)
    {
        foreach (var (kind, count) in _occurred)
        {
            to.WriteLine($"{count,12:N0}  {kind}");
        }

        to.WriteLine($"{_hashes.Count:N0} seeds, {_deviceSeconds / 3600:N1} simulated device-hours, {_events:N0} events, {Violations} violations");
        if (_ms > 0)
        {
            to.WriteLine($"{_secondsRun * 1000 / _ms:N0} simulated seconds per second; {_ms / 1000:N1} s");
        }

        var all = string.Concat(_hashes.Values);
        to.WriteLine(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(all))));
    }
}
