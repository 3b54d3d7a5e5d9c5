using Vault.Server.Engine;
using Vault.Server.Services;
using Vault.Server.Stores;
using Vault.Simulation.Network;
using Vault.Simulation.Time;

namespace Vault.Simulation.World;

/// <summary>
/// One relay machine: the real engine, services and SQLite store on the pump. Its database outlives its process, as a disk
/// does.
/// </summary>
public sealed class SimulatedRelay : IDisposable
{
    /// <summary>The name that clients dial and proofs sign.</summary>
    public const string Name = "relay.sim";

    private readonly Kernel _kernel;
    private readonly ulong _seed;
    private readonly SqliteLocation _disk;
    private readonly IDisposable _keepAlive;
    private readonly NodeClock _clock;
    private readonly Dice _dice;
    private Process? _process;
    private int _starts;

    public SimulatedRelay(Kernel kernel, ulong seed)
    {
        _kernel = kernel;
        _seed = seed;
        _clock = new NodeClock(kernel);
        _dice = new Dice(seed, "relay faults");
        _disk = SqliteLocation.Memory($"relay-{Guid.NewGuid():N}");
        _keepAlive = SqliteRelayStore.KeepAlive(_disk);
    }

    /// <summary>Its services; null while the process is down.</summary>
    public Endpoint? Endpoint => _process?.Endpoint;

    /// <summary>Told when the process ended by a crash, so that connections break.</summary>
    public event Action? Crashed;

    /// <summary>How often it crashed.</summary>
    public int Crashes { get; private set; }

    /// <summary>Probability of a crash at either side of each COMMIT.</summary>
    public double CommitCrashRate { get; set; }

    /// <summary>Whether a start is under way.</summary>
    public bool IsStarting { get; private set; }

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
        Crashes++;
        _kernel.Trace("relay crashes");
        process.Endpoint.Kill();
        process.Crashes.Kill();
        Crashed?.Invoke();
        _ = process.EndAsync();
    }

    /// <summary>No more crashes from here on.</summary>
    public void Heal()
    {
        CommitCrashRate = 0;
        if (_process is { } process)
        {
            process.Crashes.Rate = 0;
        }
    }

    public void Dispose()
    {
        Crash();
        _keepAlive.Dispose();
    }

    private async Task LaunchAsync()
    {
        var crashes = new CommitCrashes(_dice, () => _kernel.At(_kernel.Now, Crash)) { Rate = 0 };
        var scheduler = new ContextScheduler(_kernel);
        var store = SqliteRelayStore.Open(_disk, scheduler, crashes);
        var random = new Dice(_seed, $"relay {_starts++}");
        var relay = new Relay(new RelayOptions { Names = [Name] }, store, scheduler, _clock, random);
        var process = new Process(relay, store, crashes, new Endpoint());
        new RelayServices(relay).Bind(process.Endpoint);
        await relay.StartAsync(CancellationToken.None);
        crashes.Rate = CommitCrashRate;
        _process = process;
        _kernel.Trace("relay starts");
    }

    private sealed record Process(Relay Relay, SqliteRelayStore Store, CommitCrashes Crashes, Endpoint Endpoint)
    {
        public async Task EndAsync()
        {
            await Store.DisposeAsync();
            await Relay.DisposeAsync();
        }
    }
}
