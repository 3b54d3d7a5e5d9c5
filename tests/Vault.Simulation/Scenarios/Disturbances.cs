using Vault.Simulation.Time;
using Vault.Simulation.World;

namespace Vault.Simulation.Scenarios;

/// <summary>Everything that can go wrong around relay and devices, one roll of the dice at a time, each with its own end; and its undoing.</summary>
internal sealed class Disturbances(Household house)
{
    private readonly Kernel _kernel = house.Kernel;
    private readonly Dice _dice = house.Dice;
    private readonly IReadOnlyList<FaultKind> _kinds = [.. house.Swarm.On.Order()];
    private static readonly int[] s_lookAfterWaking = [0, 5, 30, 100, 1_000];

    private bool _over;

    /// <summary>Perhaps one thing happens, for at most so long; what is down perhaps starts.</summary>
    public void Roll(TimeSpan longest)
    {
        if (_kinds.Count > 0 && _dice.Chance(house.Swarm.FaultRate))
        {
            var lasts = _dice.Between(TimeSpan.FromSeconds(1), longest);
            Stage(_dice.Pick(_kinds), _dice.Pick(house.Devices), lasts);
        }

        Restart();
    }

    /// <summary>All is well from here on.</summary>
    public void Heal()
    {
        _over = true;
        _kernel.Trace("heal");
        house.Relay.Heal();
        house.Relay.Clock.WallSkew = TimeSpan.Zero;
        foreach (var device in house.Devices)
        {
            device.Heal();
            device.Clock.Wake();
            device.Clock.WallSkew = TimeSpan.Zero;
            var link = device.Link;
            link.GoUp();
            link.LossRate = link.DuplicateRate = link.HintDisorderRate = 0;
            link.DropsNotifications = link.DropsChanges = false;
            link.ReadingTime = TimeSpan.Zero;
            link.WindowMessages = 64;
            link.Delay = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(50));
            device.Tell();
        }

        Restart();
    }

    /// <summary>Starts what is down.</summary>
    public void Restart()
    {
        if (house.Relay.Endpoint is null && !house.Relay.IsStarting && (_over || _dice.Chance(0.3)))
        {
            house.Spawn("relay start", house.Relay.StartAsync);
        }

        foreach (var down in house.Devices.Where(down => down.Client is null && !down.IsStarting && !down.Clock.IsAsleep))
        {
            if (_over || _dice.Chance(0.3))
            {
                house.Spawn("device start", down.StartAsync);
            }
        }
    }

    private void Stage(FaultKind kind, SimulatedDevice device, TimeSpan lasts)
    {
        var link = device.Link;
        switch (kind)
        {
            case FaultKind.Loss:
                var rate = _dice.Pick([0.05, 0.3, 0.7]);
                For(kind, lasts, device, () => link.LossRate = rate, () => link.LossRate = 0);
                break;
            case FaultKind.Delay:
                var most = TimeSpan.FromMilliseconds(_dice.Pick([400, 2_000, 4_000]));
                For(kind, lasts, device, () => link.Delay = (TimeSpan.FromMilliseconds(1), most), () => link.Delay = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(80)));
                break;
            case FaultKind.Duplicates:
                For(kind, lasts, device, () => link.DuplicateRate = 0.5, () => link.DuplicateRate = 0);
                break;
            case FaultKind.HintDisorder:
                For(kind, lasts, device, () => link.HintDisorderRate = 0.5, () => link.HintDisorderRate = 0);
                break;
            case FaultKind.Cut:
                Once(kind);
                device.Shaken();
                link.Cut();
                break;
            case FaultKind.HalfOpen:
                For(kind, lasts, device, link.GoDown, link.GoUp);
                break;
            case FaultKind.DeadStream:
                For(kind, lasts * 2, device, () => link.DropsNotifications = true, () => link.DropsNotifications = false);
                break;
            case FaultKind.DroppedNotifications:
                For(kind, lasts * 4, device, () => link.DropsChanges = true, () => link.DropsChanges = false);
                break;
            case FaultKind.SlowReader:
                For(kind, lasts, device, () => Slow(link, TimeSpan.FromSeconds(2), 1), () => Slow(link, TimeSpan.Zero, 64));
                break;
            case FaultKind.Sleep:
                Sleep(device, lasts * _dice.Pick([1, 5, 20]));
                break;
            case FaultKind.DeviceCrash:
                _kernel.AfterSteps(_dice.Below(40), () => Crash(device));
                break;
            case FaultKind.DeviceCommitCrash:
                For(kind, lasts, device, () => device.CommitCrashRate = 0.3, device.Heal);
                break;
            case FaultKind.CrashAfterEdit:
                device.DiesAfterEdit = true;
                break;
            case FaultKind.RelayCrash:
                _kernel.AfterSteps(_dice.Below(40), CrashRelay);
                break;
            case FaultKind.RelayCommitCrash:
                For(kind, lasts, null, () => house.Relay.CommitCrashRate = 0.15, () => house.Relay.CommitCrashRate = 0);
                break;
            case FaultKind.FrozenTail:
                For(kind, lasts * 3, null, () => house.Relay.Disturb(faults => faults.IsTailFrozen = true), () => house.Relay.Disturb(faults => faults.IsTailFrozen = false));
                break;
            case FaultKind.LateStore:
                For(kind, lasts, null, () => house.Relay.Disturb(faults => faults.LateAnswers = TimeSpan.FromSeconds(2)), () => house.Relay.Disturb(faults => faults.LateAnswers = TimeSpan.Zero));
                break;
            case FaultKind.StoreOutage:
                For(kind, lasts, null, () => house.Relay.Disturb(faults => faults.TakesWrites = false), () => house.Relay.Disturb(faults => faults.TakesWrites = true));
                break;
            case FaultKind.HeldBlobs:
                For(kind, lasts, null, () => house.Relay.Disturb(faults => faults.HoldsBlobsBack = true), () => house.Relay.Disturb(faults => faults.HoldsBlobsBack = false));
                break;
            case FaultKind.ClockJump:
                var skew = TimeSpan.FromSeconds((_dice.Fraction() - 0.5) * _dice.Pick([20, 7_200, 2_000_000]));
                var clock = _dice.Chance(0.3) ? house.Relay.Clock : device.Clock;
                For(kind, lasts * 5, null, () => clock.WallSkew = skew, () => clock.WallSkew = TimeSpan.Zero);
                break;
            case FaultKind.SpoiledTokens:
                Spoil(device);
                break;
            case FaultKind.Restore:
                Restore();
                break;
            case FaultKind.Wipe:
                Wipe();
                break;
            case FaultKind.Lock:
                Lock(device, lasts);
                break;
            default:
                break;
        }
    }

    private void For(FaultKind kind, TimeSpan lasts, SimulatedDevice? device, Action begin, Action end)
    {
        Once(kind);
        begin();
        device?.Tell();
        _kernel.After(lasts, () =>
        {
            if (!_over)
            {
                end();
                device?.Shaken();
                device?.Tell();
            }
        });
    }

    // Now, or with a request under way: its answer then waits in the socket until the machine wakes.
    private void Sleep(SimulatedDevice device, TimeSpan lasts)
    {
        if (_dice.Chance(0.5))
        {
            device.Link.Asked = () => _kernel.After(TimeSpan.Zero, () => Fall());
            return;
        }

        Fall();

        void Fall()
        {
            if (!_over)
            {
                For(FaultKind.Sleep, lasts, device, device.Clock.Sleep, () =>
                {
                    device.Clock.Wake();
                    foreach (var ms in s_lookAfterWaking)
                    {
                        _kernel.After(TimeSpan.FromMilliseconds(ms), () => house.LookAt?.Invoke(device));
                    }
                });
            }
        }
    }

    private void Once(FaultKind kind)
    {
        house.Note($"fault: {kind}");
        _kernel.Trace($"fault {kind}");
    }

    private static void Slow(Network.Link link, TimeSpan reading, int window)
    {
        link.ReadingTime = reading;
        link.WindowMessages = window;
    }

    private void Crash(SimulatedDevice device)
    {
        if (device.Client is not null && !_over)
        {
            Once(FaultKind.DeviceCrash);
            device.Crash();
        }
    }

    private void CrashRelay()
    {
        if (!_over)
        {
            Once(FaultKind.RelayCrash);
            house.Relay.Crash();
        }
    }

    private void Spoil(SimulatedDevice device)
    {
        if (!device.IsStarting)
        {
            Once(FaultKind.SpoiledTokens);
            device.Crash();
            device.SpoilTokens(_dice);
        }
    }

    // A backup is taken the first time, and put back the next.
    private void Restore()
    {
        if (house.Relay.IsStarting || house.Relay.IsWindowOpen)
        {
            return;
        }

        if (house.Relay.HasBackup && _dice.Chance(0.5))
        {
            Once(FaultKind.Restore);
            house.Relay.Restore();
        }
        else
        {
            house.Note("backup");
            house.Relay.BackUp();
        }
    }

    private void Wipe()
    {
        if (!house.Relay.IsStarting && !house.Relay.IsWindowOpen)
        {
            Once(FaultKind.Wipe);
            house.Relay.Wipe();
        }
    }

    private void Lock(SimulatedDevice device, TimeSpan lasts)
    {
        if (device.Usable is not { } client)
        {
            return;
        }

        Once(FaultKind.Lock);
        house.Spawn("lock", () => client.Accounts.LockAsync(_dice.Chance(0.5) ? TimeSpan.FromSeconds(2) : TimeSpan.Zero), device);
        _kernel.After(lasts, () =>
        {
            if (device.Client == client)
            {
                house.Spawn("unlock", () => client.Accounts.UnlockAsync(Person.Password), device);
            }
        });
    }
}
