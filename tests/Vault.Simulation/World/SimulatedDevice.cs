using Microsoft.Data.Sqlite;
using Vault.Client;
using Vault.Client.Accounts;
using Vault.Client.Transport;
using Vault.Simulation.History;
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
    private readonly ulong _seed;
    private readonly Dice _dice;
    private readonly MemoryHome _home = new();
    private readonly string _replica;
    private readonly SqliteConnection _disk;
    private readonly List<SqliteConnection> _open = [];
    private CommitCrashes? _crashes;
    private LiveLinks? _links;
    private DeviceHealth? _told;
    private long _unhealthyUntil;

    public SimulatedDevice(Kernel kernel, SimulatedRelay relay, ulong seed, Person person, string name)
    {
        _kernel = kernel;
        _seed = seed;
        Person = person;
        Name = name;
        _dice = new Dice(seed, $"{name} faults");
        Clock = new NodeClock(kernel);
        Link = new Link(kernel, Clock, name) { Server = () => relay.Endpoint };
        relay.Crashed += Link.Cut;
        _replica = $"Data Source={name}-{Guid.NewGuid():N};Mode=Memory;Cache=Shared;Pooling=False";
        _disk = new SqliteConnection(_replica);
        _disk.Open();
    }

    /// <summary>Whose it is.</summary>
    public Person Person { get; }

    public string Name { get; }

    public NodeClock Clock { get; }

    public Link Link { get; }

    /// <summary>The running client; null while the process is down.</summary>
    public VaultClient? Client { get; private set; }

    /// <summary>The client, where a person could use it now.</summary>
    public VaultClient? Usable => Client is { State: ClientState.Unlocked } client && !Clock.IsAsleep ? client : null;

    /// <summary>Whether a start is under way.</summary>
    public bool IsStarting { get; private set; }

    /// <summary>How often its process started.</summary>
    public int Starts { get; private set; }

    /// <summary>Probability of a crash at either side of each COMMIT.</summary>
    public double CommitCrashRate
    {
        get;
        set
        {
            field = value;
            if (_crashes is not null)
            {
                // The process that runs, too, not only the next.
                _crashes.Rate = value;
            }
        }
    }

    /// <summary>The next edit that it accepts is the last thing that its process does.</summary>
    public bool DiesAfterEdit { get; set; }

    /// <summary>Whether its process last died after a COMMIT, so that what it was told to do is done though nobody heard so.</summary>
    public bool DiedAfterCommit { get; private set; }

    /// <summary>Told when what it can do has changed.</summary>
    public event Action<Happening>? Changed;

    /// <summary>Told of a crash at a COMMIT.</summary>
    public event Action<string>? Died;

    /// <summary>Starts the process on what its disk holds, unlocks it if there is an account, and lets it sync.</summary>
    public async Task StartAsync()
    {
        if (Client is not null || IsStarting)
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

    /// <summary>Makes the person's account.</summary>
    public async Task RegisterAsync()
    {
        Person.Kit = await Client!.Accounts.RegisterAsync(new Registration
        {
            Relay = $"https://{SimulatedRelay.Name}",
            Name = $"{Person.Canary} {Person.Name}",
            DeviceName = Name,
            PasswordUtf8 = Person.Password,
        });
        Client.Sync.Start();
        Tell();
    }

    /// <summary>Makes it a further device of the person's account.</summary>
    public async Task LogInAsync()
    {
        await Client!.Accounts.LoginAsync(new Login
        {
            Relay = $"https://{SimulatedRelay.Name}",
            PasswordUtf8 = Person.Password,
            SecretKey = Person.Kit!.SecretKey,
            DeviceName = Name,
            ConfirmDevices = _ => Task.FromResult(true),
        });
        Client?.Sync.Start();
        Tell();
    }

    /// <summary>Ends the process at once.</summary>
    public void Crash()
    {
        if (Client is not { } client)
        {
            return;
        }

        Client = null;
        _kernel.Trace($"{Name} crashes");
        _crashes!.Kill();
        _links!.IsAlive = false;
        foreach (var connection in _open)
        {
            connection.Dispose();
        }

        _open.Clear();
        Link.Cut();
        Tell();
        _ = BuryAsync(client);
    }

    /// <summary>
    /// Overwrites the tokens on its disk, as a relay that was moved or a damaged file would: positions that mean nothing, of another
    /// group, or further back. The process must be down.
    /// </summary>
    public void SpoilTokens(Dice dice)
    {
        using var command = _disk.CreateCommand();
        command.CommandText = dice.Below(3) switch
        {
            0 => "UPDATE grp SET token = x'00112233'",
            1 => "UPDATE grp SET token = (SELECT other.token FROM grp AS other WHERE other.id <> grp.id AND other.token IS NOT NULL ORDER BY other.id LIMIT 1)",
            _ => "UPDATE grp SET token = substr(token, 1, 41) || zeroblob(32) WHERE token IS NOT NULL",
        };
        command.ExecuteNonQuery();
        _kernel.Trace($"{Name} has lost its tokens");
    }

    /// <summary>No more crashes from here on.</summary>
    public void Heal()
    {
        CommitCrashRate = 0;
        DiesAfterEdit = false;
    }

    /// <summary>The link broke just now: what it carries is not whole for a moment.</summary>
    public void Shaken() => _unhealthyUntil = _kernel.Now + TimeSpan.FromSeconds(5).Ticks;

    /// <summary>Says what it can do, where that has changed.</summary>
    public void Tell()
    {
        var isRunning = Client is { State: not ClientState.NoAccount } client && client.Sync.IsRunning;
        var isWhole = Link is { IsUp: true, LossRate: 0 } && Link.Delay.High <= TimeSpan.FromMilliseconds(500) && Link.ReadingTime == TimeSpan.Zero
            && CommitCrashRate == 0 && _kernel.Now >= _unhealthyUntil;
        var health = new DeviceHealth(
            Name,
            Person.Account,
            Starts,
            CanReach: Client is not null && Link.IsUp,
            IsHealthy: isRunning && isWhole && !Clock.IsAsleep,
            HearsChanges: !Link.DropsNotifications && !Link.DropsChanges);
        if (health != _told)
        {
            _told = health;
            Changed?.Invoke(health with { });
        }
    }

    public void Dispose()
    {
        Crash();
        _disk.Dispose();
    }

    private async Task LaunchAsync()
    {
        var start = Starts++;
        var crashes = new CommitCrashes(_dice, Die);
        var links = new LiveLinks();
        var client = new VaultClient(
            new ClientOptions { HomeDirectory = Name },
            new ClientSeams
            {
                Time = Clock,
                BootClock = Clock,
                Random = new Dice(_seed, $"{Name} {start}"),
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
            await client.Accounts.UnlockAsync(Person.Password);
            client.Sync.Start();
        }

        crashes.Rate = CommitCrashRate;
        _kernel.Trace($"{Name} starts");
        Tell();
    }

    private void Die(bool isBefore)
    {
        DiedAfterCommit = !isBefore;
        Died?.Invoke(isBefore ? "device crash before a COMMIT" : "device crash after a COMMIT");
        _kernel.At(_kernel.Now, Crash);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_replica);
        connection.Open();
        _open.Add(connection);
        return connection;
    }

    // What is left of a process that ended holds keys and timers; nothing of it reaches disk or network any more.
    private static async Task BuryAsync(VaultClient client)
    {
        try
        {
            await client.DisposeAsync();
        }
#pragma warning disable CA1031 // It died: whatever it still runs into happens to nobody.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
