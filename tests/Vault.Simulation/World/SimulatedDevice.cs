using System.Text;
using Microsoft.Data.Sqlite;
using Vault.Client;
using Vault.Client.Accounts;
using Vault.Client.Transport;
using Vault.Simulation.Network;
using Vault.Simulation.Time;

namespace Vault.Simulation.World;

/// <summary>
/// One machine of one person: the real client library on the pump, with clocks, disk and network path of its own. Replica and
/// files outlive the process.
/// </summary>
public sealed class SimulatedDevice : IDisposable
{
    private readonly Kernel _kernel;
    private readonly SimulatedRelay _relay;
    private readonly ulong _seed;
    private readonly Dice _dice;
    private readonly MemoryHome _home = new();
    private readonly string _replica;
    private readonly SqliteConnection _keepAlive;
    private readonly List<SqliteConnection> _open = [];
    private CommitCrashes? _crashes;
    private LiveLinks? _links;
    private int _starts;

    public SimulatedDevice(Kernel kernel, SimulatedRelay relay, ulong seed, string name)
    {
        _kernel = kernel;
        _relay = relay;
        _seed = seed;
        Name = name;
        _dice = new Dice(seed, $"{name} faults");
        Clock = new NodeClock(kernel);
        Link = new Link(kernel, Clock, name) { Server = () => _relay.Endpoint };
        _relay.Crashed += Link.Cut;
        _replica = $"Data Source={name}-{Guid.NewGuid():N};Mode=Memory;Cache=Shared;Pooling=False";
        _keepAlive = new SqliteConnection(_replica);
        _keepAlive.Open();
    }

    public string Name { get; }

    public NodeClock Clock { get; }

    public Link Link { get; }

    /// <summary>The running client; null while the process is down.</summary>
    public VaultClient? Client { get; private set; }

    /// <summary>How often it crashed.</summary>
    public int Crashes { get; private set; }

    /// <summary>Probability of a crash at either side of each COMMIT.</summary>
    public double CommitCrashRate { get; set; }

    /// <summary>Password, the same for all: nobody attacks here.</summary>
    public static ReadOnlyMemory<byte> Password { get; } = Encoding.UTF8.GetBytes("simulated");

    /// <summary>Starts the process on what its disk holds, unlocks it if there is an account, and lets it sync.</summary>
    public async Task StartAsync()
    {
        var crashes = new CommitCrashes(_dice, () => _kernel.At(_kernel.Now, Crash));
        var links = new LiveLinks();
        var client = new VaultClient(
            new ClientOptions { HomeDirectory = Name },
            new ClientSeams
            {
                Time = Clock,
                BootClock = Clock,
                Random = new Dice(_seed, $"{Name} {_starts++}"),
                Connect = (_, _) => new RelayConnection(new GuardedInvoker(new LinkInvoker(Link), links)),
                OpenReplica = _ => Open(),
                OpenHome = _ => _home,
                CommitProbe = crashes,
                PasswordUnlock = new FastUnlock(),
            });
        _crashes = crashes;
        _links = links;
        Client = client;
        client.Open();
        if (client.State == ClientState.Locked)
        {
            await client.Accounts.UnlockAsync(Password);
            client.Sync.Start();
        }

        crashes.Rate = CommitCrashRate;
        _kernel.Trace($"{Name} starts");
    }

    /// <summary>Makes the account.</summary>
    public async Task RegisterAsync()
    {
        await Client!.Accounts.RegisterAsync(new Registration
        {
            Relay = $"https://{SimulatedRelay.Name}",
            Name = Name,
            DeviceName = Name,
            PasswordUtf8 = Password,
        });
        Client.Sync.Start();
    }

    /// <summary>Ends the process at once.</summary>
    public void Crash()
    {
        if (Client is null)
        {
            return;
        }

        Client = null;
        Crashes++;
        _kernel.Trace($"{Name} crashes");
        _crashes!.Kill();
        _links!.IsAlive = false;
        Link.Cut();
        foreach (var connection in _open)
        {
            connection.Dispose();
        }

        _open.Clear();
    }

    /// <summary>No more crashes from here on.</summary>
    public void Heal()
    {
        CommitCrashRate = 0;
        if (_crashes is not null)
        {
            _crashes.Rate = 0;
        }
    }

    public void Dispose()
    {
        Crash();
        _keepAlive.Dispose();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_replica);
        connection.Open();
        _open.Add(connection);
        return connection;
    }
}
