using Vault.Client.Sync;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>
/// Invariant 11: whoever could not reach the relay for longer than the bound calls nothing fresh, and what a process that ended
/// had proven is worth nothing to the next.
/// </summary>
public sealed class FreshNeedsContact : Validator
{
    // An answer may be on its way while the link goes down.
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, (int Starts, long Last)> _contact = [];
    private readonly HashSet<string> _able = [];

    public override string Promise => "fresh needs contact";

    public override void Saw(Happening happening, Known known)
    {
        switch (happening)
        {
            case DeviceHealth device:
                Note(device, happening.At, known);
                break;
            case RelayHealth:
                foreach (var device in known.Devices.Values)
                {
                    Note(device, happening.At, known);
                }

                break;
            case Shown { State: FreshnessState.Live or FreshnessState.Polling } shown:
                Judge(shown, known);
                break;
            default:
                break;
        }
    }

    private void Judge(Shown shown, Known known)
    {
        var device = known.Devices[shown.Device];
        Note(device, shown.At, known);
        if (!_contact.TryGetValue(shown.Device, out var contact) || contact.Starts != shown.Starts)
        {
            throw Broken($"{shown.Device} calls {shown.Group} {shown.State}, and its process never reached the relay");
        }

        if (shown.At - contact.Last > (Bound + OnItsWay).Ticks)
        {
            throw Broken($"{shown.Device} calls {shown.Group} {shown.State}, {TimeSpan.FromTicks(shown.At - contact.Last)} after it could reach the relay last");
        }
    }

    // Until now, whatever was possible before this happening was possible all the time.
    private void Note(DeviceHealth device, long now, Known known)
    {
        if (_able.Contains(device.Device) && _contact.TryGetValue(device.Device, out var before))
        {
            _contact[device.Device] = before with { Last = now };
        }

        if (known.Relay.IsUp && known.Devices[device.Device].CanReach)
        {
            _able.Add(device.Device);
            _contact[device.Device] = (device.Starts, now);
        }
        else
        {
            _able.Remove(device.Device);
        }
    }
}
