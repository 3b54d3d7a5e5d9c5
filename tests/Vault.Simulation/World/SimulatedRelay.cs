using Vault.Server.Engine;
using Vault.Server.Services;
using Vault.Server.Stores;
using Vault.Simulation.History;
using Vault.Simulation.Network;
using Vault.Simulation.Time;

namespace Vault.Simulation.World;

/// <summary>
/// One relay machine: the real engine, services and SQLite store on the pump. Its database outlives its process, as a disk
/// does, and can be copied and put back as `svault-server backup` and `restore` do.
/// </summary>
public sealed class SimulatedRelay : IDisposable
{
    /// <summary>The name that clients dial and proofs sign.</summary>
    public const string Name = "relay.sim";

    private readonly Kernel _kernel;
    private readonly ulong _seed;
    private readonly RelayLimits _limits;
    private readonly Dice _dice;
    private readonly StoreFaults _faults = new();
    private RelayDisk _disk = RelayDisk.Empty();
    private RelayDisk? _backup;
    private Process? _process;
    private int _starts;
    private long _missedBefore;

    public SimulatedRelay(Kernel kernel, ulong seed, RelayLimits limits)
    {
        _kernel = kernel;
        _seed = seed;
        _limits = limits;
        Clock = new NodeClock(kernel);
        _dice = new Dice(seed, "relay faults");
    }

    /// <summary>The clocks of its machine.</summary>
    public NodeClock Clock { get; }

    /// <summary>Its services; null while the process is down.</summary>
    public Endpoint? Endpoint => _process?.Endpoint;

    /// <summary>Told when the process ended by a crash, so that connections break.</summary>
    public event Action? Crashed;

    /// <summary>Told of each commit when a COMMIT has made it durable.</summary>
    public event Action<CommitAccepted>? Accepted;

    /// <summary>Told when what it can do has changed, and of a restore.</summary>
    public event Action<Happening>? Changed;

    /// <summary>Told of a crash: before a COMMIT, after one, or anywhere.</summary>
    public event Action<string>? Died;

    /// <summary>Told how many superseded blobs a collection took.</summary>
    public event Action<long>? Collected;

    /// <summary>Probability of a crash at either side of each COMMIT.</summary>
    public double CommitCrashRate
    {
        get;
        set
        {
            field = value;
            if (_process is { } process)
            {
                // The process that runs, too, not only the next.
                process.Crashes.Rate = value;
            }
        }
    }

    /// <summary>Whether a start is under way.</summary>
    public bool IsStarting { get; private set; }

    /// <summary>Whether it takes back what it lost, and only that.</summary>
    public bool IsWindowOpen { get; private set; }

    /// <summary>Whether there is a backup.</summary>
    public bool HasBackup => _backup is not null;

    /// <summary>Misses that clients reported, over all starts.</summary>
    public long MissedHints => _missedBefore + (_process?.Relay.MissedHints ?? 0);

    internal RelayDisk Disk => _disk;

    /// <summary>Changes what is wrong with its store.</summary>
    internal void Disturb(Action<StoreFaults> change)
    {
        change(_faults);
        Tell();
    }

    /// <summary>Starts the process, unless it runs or is about to.</summary>
    public async Task StartAsync()
    {
        if (_process is not null || IsStarting)
        {
            return;
        }

        IsStarting = true;
        try
        {
            await LaunchAsync();
        }
        finally
        {
            IsStarting = false;
        }
    }

    /// <summary>Ends the process at once.</summary>
    public void Crash()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        _missedBefore += process.Relay.MissedHints;
        _kernel.Trace("relay crashes");
        process.Endpoint.Kill();
        process.Crashes.Kill();
        Crashed?.Invoke();
        Tell();
        _ = EndAsync(process);
    }

    /// <summary>Copies the database while the relay runs.</summary>
    public void BackUp()
    {
        _backup?.Dispose();
        _backup = _disk.Copy();
        _kernel.Trace("relay is backed up");
    }

    /// <summary>
    /// Puts the backup in the place of the database, as an operator does: the process stops first, and the next start is in a
    /// recovery window.
    /// </summary>
    public void Restore() => Replace("relay is restored", _backup!.Copy());

    /// <summary>Takes the database away. The next start is on an empty one, in a recovery window.</summary>
    public void Wipe() => Replace("relay is wiped", RelayDisk.Empty());

    /// <summary>The operator closes the window.</summary>
    public void CloseWindow()
    {
        IsWindowOpen = false;
        _process?.Relay.Window.Close();
        Tell();
    }

    /// <summary>No more crashes from here on, and nothing is wrong with the store.</summary>
    public void Heal()
    {
        CommitCrashRate = 0;
        Disturb(faults => faults.Heal());
    }

    public void Dispose()
    {
        Crash();
        _disk.Dispose();
        _backup?.Dispose();
    }

    private void Replace(string how, RelayDisk disk)
    {
        Crash();
        _kernel.Trace(how);
        IsWindowOpen = true;
        _disk.Dispose();
        _disk = disk;
        Changed?.Invoke(new RelayRestored(_disk.Heads().ToDictionary(head => head.Key.ToString(), head => head.Value)));
        Tell();
    }

    private async Task LaunchAsync()
    {
        var crashes = new CommitCrashes(_dice, Die, Look) { Rate = 0 };
        var scheduler = new ContextScheduler(_kernel);
        var disk = _disk;
        var store = new FaultyStore(
            SqliteRelayStore.Open(disk.Location, scheduler, crashes), Clock, _dice, _faults, disk.Superseded, count => Collected?.Invoke(count));
        var random = new Dice(_seed, $"relay {_starts++}");
        var relay = new Relay(new RelayOptions { Names = [Name], Limits = _limits }, store, scheduler, Clock, random);
        if (IsWindowOpen)
        {
            relay.Window.Open(DateTimeOffset.MaxValue);
        }

        var process = new Process(relay, store, crashes, new Endpoint());
        new RelayServices(relay).Bind(process.Endpoint);
        await relay.StartAsync(CancellationToken.None);
        crashes.Rate = CommitCrashRate;
        _process = process;
        _kernel.Trace("relay starts");
        Tell();
    }

    // The process ends once the kernel comes to it; until then nothing more is committed.
    private void Die(bool isBefore)
    {
        Died?.Invoke(isBefore ? "relay crash before a COMMIT" : "relay crash after a COMMIT");
        _kernel.At(_kernel.Now, Crash);
    }

    private void Look()
    {
        foreach (var commit in _disk.Accepted())
        {
            Accepted?.Invoke(commit);
        }
    }

    private void Tell() =>
        Changed?.Invoke(new RelayHealth(_process is not null, !_faults.IsTailFrozen, _faults.TakesWrites, IsWindowOpen));

    private async Task EndAsync(Process process)
    {
        try
        {
            await process.Store.DisposeAsync();
            await process.Relay.DisposeAsync();
        }
        catch (Exception e) when (Scenarios.Crash.Explains(e))
        {
            // What a dying process runs into is its own.
        }
#pragma warning disable CA1031 // A loop of the relay that met anything but its store's end is a finding.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _kernel.Fail(e);
        }
    }

    private sealed record Process(Relay Relay, IRelayStore Store, CommitCrashes Crashes, Endpoint Endpoint);
}
