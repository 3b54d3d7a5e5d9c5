using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>
/// Invariant 17: while a device and the relay can talk, what the relay accepted is on the device within poll, deadline and one
/// backoff, though every hint be lost.
/// </summary>
public sealed class StalenessIsBounded : Validator
{
    // A poll after at most 36 s that finds nothing, another after 36 s; 30 s of backoff from the time before; deadlines.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(80);

    private readonly Dictionary<string, long> _healthySince = [];
    private long? _relaySince;

    public override string Promise => "staleness is bounded";

    public override void Saw(Happening happening, Known known)
    {
        switch (happening)
        {
            case DeviceHealth { IsHealthy: true } device:
                _healthySince.TryAdd(device.Device, happening.At);
                break;
            case DeviceHealth device:
                _healthySince.Remove(device.Device);
                break;
            case RelayHealth { IsUp: true, TakesWrites: true, IsWindowOpen: false }:
                _relaySince ??= happening.At;
                break;
            case RelayHealth:
                _relaySince = null;
                break;
            case Shown shown when _relaySince is { } relay && _healthySince.TryGetValue(shown.Device, out var device):
                Judge(shown, Math.Max(relay, device), known);
                break;
            default:
                break;
        }
    }

    private void Judge(Shown shown, long since, Known known)
    {
        var chain = known.Chain(shown.Group);
        if (chain.FirstAfter(shown.Seq) is { } at && shown.At - Math.Max(at, since) > Patience.Ticks
            && known.AccountOf(shown.Device) is { } account && chain.Before(shown.Seq + 1).RoleOf(account) != Role.Unspecified)
        {
            throw Broken($"{shown.Device} has {shown.Group} at {shown.Seq} ({shown.State}), and the relay accepted {shown.Seq + 1} {TimeSpan.FromTicks(shown.At - at)} ago");
        }
    }
}
