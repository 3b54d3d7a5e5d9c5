using System.Net;
using Vault.Core.Ids;
using Vault.Server.Hosting;

namespace Vault.Client.Tests.Kit;

/// <summary>The real relay on a free loopback port, its store in a directory that goes away.</summary>
internal sealed class TestRelay : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vault-relay-").FullName;
    private RelayHost? _host;

    private TestRelay(bool tls) => Tls = tls;

    public bool Tls { get; }

    public int Port { get; private set; }

    public string Address { get; private set; } = "";

    /// <summary>From the next start on: whether it takes back what it lost, and only that.</summary>
    public bool RecoveryWindow { get; set; }

    /// <summary>From the next start on: whether nobody may register.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The file that it stores everything in.</summary>
    public string Database => Path.Combine(_directory, "relay.db");

    public static async Task<TestRelay> StartAsync(bool tls = false, bool metrics = false)
    {
        var relay = new TestRelay(tls) { HasMetrics = metrics };
        await relay.UpAsync();
        return relay;
    }

    /// <summary>Lets the operator's counters be read; before the start.</summary>
    public bool HasMetrics { get; init; }

    /// <summary>Of the operator's counters, one.</summary>
    public async Task<double> MetricAsync(string name)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(_host!.MetricsAddress);
        var line = text.Split('\n').First(line => line.StartsWith($"{name} ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Starts it, again on the same port and store after a stop.</summary>
    public async Task UpAsync()
    {
        _host = await RelayHost.StartAsync(
            Settings(), TimeProvider.System, new Crypto.SystemRandomSource(), CancellationToken.None);
        Address = _host.Address;
        Port = new Uri(Address.Split('#')[0]).Port;
    }

    public async Task DownAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.DisposeAsync();
        }
    }

    /// <summary>Everything that it stored up to now, by file, taken between a stop and a start.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> BackupAsync()
    {
        await DownAsync();
        var backup = Backup();
        await UpAsync();
        return backup;
    }

    /// <summary>While it is down: everything that it stored, by file.</summary>
    public IReadOnlyDictionary<string, byte[]> Backup() =>
        Directory.GetFiles(_directory, "relay.db*").ToDictionary(file => file, File.ReadAllBytes, StringComparer.Ordinal);

    /// <summary>While it is down: puts it back where it was then.</summary>
    public void Restore(IReadOnlyDictionary<string, byte[]> backup)
    {
        foreach (var file in Directory.GetFiles(_directory, "relay.db*"))
        {
            File.Delete(file);
        }

        foreach (var (file, content) in backup)
        {
            File.WriteAllBytes(file, content);
        }
    }

    /// <summary>Loses what it stored since a backup, or everything, and comes back in its recovery window.</summary>
    public async Task LoseAsync(IReadOnlyDictionary<string, byte[]>? backup = null)
    {
        await DownAsync();
        Restore(backup ?? new Dictionary<string, byte[]>());
        RecoveryWindow = true;
        await UpAsync();
    }

    /// <summary>The branches that members brought in a window, by file.</summary>
    public IReadOnlyList<string> Branches() => [.. Directory.GetFiles(_directory, "brought-*").Order(StringComparer.Ordinal)];

    /// <summary>Stops it, makes a branch its chain as an operator does, and starts it.</summary>
    public Task PickAsync(string branch) => OperateAsync("pick", "--from", branch, "--yes");

    /// <summary>Stops it, cuts a chain back to a commit as an operator does, and starts it.</summary>
    public Task TruncateAsync(GroupId group, ulong to) => OperateAsync("truncate", "--group", $"{group}", "--to", $"{to}", "--yes");

    /// <summary>Ends the recovery window.</summary>
    public async Task CloseWindowAsync()
    {
        await DownAsync();
        RecoveryWindow = false;
        await UpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task OperateAsync(params string[] command)
    {
        await DownAsync();
        Assert.Equal(0, await ServerCommand.Create().Parse([.. command, "--data", _directory]).InvokeAsync());
        await UpAsync();
    }

    private ServerSettings Settings() => new()
    {
        Host = "127.0.0.1",
        Endpoint = new IPEndPoint(IPAddress.Loopback, Port),
        DataPath = _directory,
        Tls = Tls ? TlsMode.SelfSigned : TlsMode.Off,
        RecoveryWindow = RecoveryWindow,
        Registration = IsClosed ? Server.Engine.Registration.Closed : Server.Engine.Registration.Open,
        MetricsEndpoint = HasMetrics ? new IPEndPoint(IPAddress.Loopback, 0) : null,
        Limits = new() { BeatInterval = TimeSpan.FromMilliseconds(200) },
    };
}
