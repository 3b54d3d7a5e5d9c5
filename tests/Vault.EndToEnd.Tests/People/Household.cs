using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.EndToEnd.Tests.People;

/// <summary>
/// A relay over TLS with a key of its own, and two registered people: Ann owns the group "family", Ben is in it.
/// </summary>
public sealed class Household : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private readonly int _port = Ports.Next();
    private RelayProcess? _relay;

    public Household()
    {
        Ann = NewPerson("Ann");
        Ben = NewPerson("Ben");
    }

    public Person Ann { get; }

    public Person Ben { get; }

    /// <summary>The relay's URL with its pin.</summary>
    public string Relay { get; private set; } = "";

    /// <summary>A home for somebody else; the caller disposes them.</summary>
    public Person NewPerson(string name) => new(name, _scratch.Folder(name));

    public async ValueTask InitializeAsync()
    {
        await StartRelayAsync();
        await Ann.RegisterAsync(Relay);
        await Ben.RegisterAsync(Relay);
        await Ann.DoAsync("group", "create", "family");
        await BringInAsync(Ben, "family", "editor");
    }

    /// <summary>Ann invites, and the other joins.</summary>
    public async Task BringInAsync(Person person, string group, string role)
    {
        var code = (await Ann.DoAsync("invite", group, "--role", role)).Text;
        await person.DoTellingAsync(code + "\n", "join", "--code-stdin");
    }

    /// <summary>Where the relay's data are.</summary>
    public string RelayData => _scratch.Path("relay");

    /// <summary>A file or directory beside everybody's.</summary>
    public string PathOf(string name) => _scratch.Path(name);

    /// <summary>Runs a command of the relay's program on its data, which must end with a code.</summary>
    public async Task<Outcome> OperateAsync(int exitCode, string command, params string[] arguments) =>
        (await Programs.RunAsync(Programs.Start(Programs.Server, [.. command.Split(' '), "--data", RelayData, .. arguments]), [])).Expect(exitCode);

    /// <summary>Starts the relay, always on the same port and data.</summary>
    public async Task StartRelayAsync(params string[] further)
    {
        _relay = await RelayProcess.StartAsync(
            [
                RelayProcess.Dotnet, RelayProcess.BuiltProgram, "run", "--listen", $"127.0.0.1:{_port}", "--data", _scratch.Path("relay"),
                "--tls", "self-signed", .. further,
            ],
            CancellationToken.None);
        Relay = _relay.Address.OriginalString;
    }

    /// <summary>Stops the relay as a service manager does. Not as Ctrl-C does, which a run in the background ignores for all its children.</summary>
    public async Task StopRelayAsync()
    {
        if (_relay is { } relay)
        {
            await relay.SignalAsync("TERM");
            await relay.WaitForExitAsync(CancellationToken.None);
            await relay.DisposeAsync();
            _relay = null;
        }
    }

    /// <summary>The relay neither answers nor goes away: connections stay up, and nothing comes back.</summary>
    public Task FreezeRelayAsync() => _relay!.SignalAsync("STOP");

    /// <summary>The relay goes on where it stood.</summary>
    public Task ThawRelayAsync() => _relay!.SignalAsync("CONT");

    /// <summary>kill -9.</summary>
    public async Task KillRelayAsync()
    {
        if (_relay is { } relay)
        {
            await relay.KillAsync();
            await relay.DisposeAsync();
            _relay = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Ann.DisposeAsync();
        await Ben.DisposeAsync();
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

        _scratch.Dispose();
    }
}
