using Vault.Simulation.Time;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>Everything that can go wrong around relay and devices, one roll of the dice at a time; and its undoing.</summary>
internal sealed class Disturbances(
    Kernel kernel, Dice dice, SimulatedRelay relay, IReadOnlyList<SimulatedDevice> devices, Action<string> note)
{
    /// <summary>Perhaps one thing happens; what is down perhaps starts.</summary>
    public void Roll()
    {
        var device = dice.Pick(devices);
        switch (dice.Below(14))
        {
            case 0:
                note("loss");
                device.Link.LossRate = dice.Pick([0, 0.05, 0.3]);
                break;
            case 1:
                note("delay");
                device.Link.Delay = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(dice.Pick([20, 200, 2_000])));
                break;
            case 2:
                note("cut");
                device.Link.Cut();
                break;
            case 3:
                note("link up or down");
                device.Link.IsUp = !device.Link.IsUp;
                break;
            case 4:
                note("notifications dropped or not");
                device.Link.DropsNotifications = !device.Link.DropsNotifications;
                break;
            case 5:
                note("device crash");
                device.Crash();
                break;
            case 6:
                note("device crashes at commits");
                device.CommitCrashRate = dice.Pick([0, 0.02]);
                break;
            case 7:
                note("relay crash");
                relay.Crash();
                break;
            case 8:
                note("relay crashes at commits");
                relay.CommitCrashRate = dice.Pick([0, 0.02]);
                break;
            case 9:
                note("sleep");
                device.Clock.Sleep();
                break;
            case 10:
                note("wake");
                device.Clock.Wake();
                break;
            default:
                break;
        }

        Restart();
    }

    /// <summary>All is well from here on.</summary>
    public void Heal()
    {
        kernel.Trace("heal");
        relay.Heal();
        if (relay.Endpoint is null)
        {
            Spawn(relay.StartAsync);
        }

        foreach (var device in devices)
        {
            device.Heal();
            device.Clock.Wake();
            device.Link.IsUp = true;
            device.Link.LossRate = 0;
            device.Link.DropsNotifications = false;
            device.Link.Delay = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(50));
            if (device.Client is null)
            {
                Spawn(device.StartAsync);
            }
        }
    }

    private void Restart()
    {
        if (relay.Endpoint is null && !relay.IsStarting && dice.Chance(0.5))
        {
            note("relay start");
            Spawn(relay.StartAsync);
        }

        foreach (var down in devices.Where(down => down.Client is null && !down.Clock.IsAsleep))
        {
            if (dice.Chance(0.5))
            {
                note("device start");
                Spawn(down.StartAsync);
            }
        }
    }

    private void Spawn(Func<Task> start) => _ = Guarded(start);

    private async Task Guarded(Func<Task> start)
    {
        try
        {
            await start();
        }
        catch (Exception e) when (Crash.Explains(e))
        {
            note("crash while starting");
        }
#pragma warning disable CA1031 // Anything else is a finding.
        catch (Exception e)
#pragma warning restore CA1031
        {
            kernel.Fail(e);
        }
    }
}
