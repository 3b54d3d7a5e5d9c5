using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Maintenance;
using Vault.Server.Stores;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Tests.Kit;

/// <summary>A relay over a database in memory, on a pump, with a clock that the test moves.</summary>
internal sealed class RelayWorld
{
    public const string Name = "relay.test:7467";

    private static int s_databases;

    private readonly SqliteLocation _location;
    private readonly string? _branches;
    private readonly List<Watching> _streams = [];

    private RelayWorld(SqliteLocation? location, string? branches)
    {
        _location = location ?? SqliteLocation.Memory($"world-{Interlocked.Increment(ref s_databases)}");
        _branches = branches;
    }

    public Pump Pump { get; } = new();

    public ManualTime Time { get; } = new();

    public SeededRandom Random { get; } = new(1);

    public SteerableStore Store { get; private set; } = null!;

    public Relay Relay { get; private set; } = null!;

    /// <summary>Runs a test on the pump, with a started relay; in memory, unless the test wants its database elsewhere. Branches: the directory where it keeps them.</summary>
    public static void Run(
        Func<RelayWorld, Task> test, Func<RelayOptions, RelayOptions>? change = null, SqliteLocation? location = null, string? branches = null)
    {
        var world = new RelayWorld(location, branches);
        world.Pump.Run(async () =>
        {
            using var keep = SqliteRelayStore.KeepAlive(world._location);
            await world.StartAsync(change);
            await test(world);
            await world.StopAsync();
        });
    }

    public async Task StartAsync(Func<RelayOptions, RelayOptions>? change = null, Func<StoreWrite, Task>? beforeWrite = null)
    {
        var scheduler = new ContextScheduler(Pump);
        Store = new SteerableStore(SqliteRelayStore.Open(_location, scheduler)) { BeforeWrite = beforeWrite };
        var options = new RelayOptions { Names = [Name] };
        Relay = new Relay(change?.Invoke(options) ?? options, Store, scheduler, Time, Random, branches: _branches is { } directory ? new BranchFiles(directory, Time) : null);
        await Relay.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        await Relay.DisposeAsync();
        foreach (var stream in _streams)
        {
            await stream.Task;
        }

        _streams.Clear();
        await Store.DisposeAsync();
    }

    /// <summary>Lets time pass, and everything that it sets going.</summary>
    public async Task PassAsync(TimeSpan span)
    {
        var end = Time.GetUtcNow() + span;
        await Pump.IdleAsync();
        while (!Time.Advance(end))
        {
            await Pump.IdleAsync();
        }

        await Pump.IdleAsync();
    }

    public async Task<Person> RegisterAsync()
    {
        var person = new Person(Random);
        await Relay.Accounts.RegisterAsync(person.Registration(), CancellationToken.None);
        return person;
    }

    public async Task<(Person Owner, Session Session, Circle Circle)> FoundAsync()
    {
        var owner = await RegisterAsync();
        var session = await OpenAsync(owner);
        var circle = new Circle(Random, owner);
        await PushAsync(session, circle.Push(circle.Commits));
        return (owner, session, circle);
    }

    /// <summary>A further member with a session.</summary>
    public async Task<(Person Person, Session Session)> AddAsync(Session by, Person author, Circle circle, Role role)
    {
        var person = await RegisterAsync();
        await PushAsync(by, circle.Add(author, person, role));
        return (person, await OpenAsync(person));
    }

    public Google.Protobuf.ByteString Nonce() => Relay.SessionDesk.GetNonce("test").Nonce;

    public Task<Session> OpenAsync(Person person) => OpenAsync(person, person.DeviceId, person.Sync);

    public Task<Session> OpenAsync(Person person, DeviceId device, SigningKey sync) =>
        OpenAsync(SignedProofs.DeviceSession(Name, Nonce(), person.Id, device, sync));

    public async Task<Session> OpenAsync(OpenSessionRequest request)
    {
        var opened = await Relay.SessionDesk.OpenAsync(request, CancellationToken.None);
        return Relay.Admit(opened.Token.Span);
    }

    public Task<PushResponse> PushAsync(Session session, PushRequest request) => Relay.Push.PushAsync(session, request, CancellationToken.None);

    public Task<PullResponse> PullAsync(Session session, GroupId group, Google.Protobuf.ByteString? token = null, bool blobs = false) =>
        Relay.Groups.PullAsync(
            session,
            new PullRequest { Group = group.ToByteString(), Token = token ?? Google.Protobuf.ByteString.Empty, InlineBlobs = blobs },
            CancellationToken.None);

    public Task<HeadsResponse> HeadsAsync(Session session, params Attestation[] attestations)
    {
        var request = new HeadsRequest();
        request.Attestations.Add(attestations);
        return Relay.Groups.HeadsAsync(session, request, CancellationToken.None);
    }

    /// <summary>A call that asks for admission first, as the services do.</summary>
    public Task<HeadsResponse> HeadsAdmittedAsync(Session session)
    {
        session.Admit();
        return HeadsAsync(session);
    }

    public Watching Watch(Session session, params (GroupId Group, Google.Protobuf.ByteString Token)[] from)
    {
        var request = new WatchRequest();
        request.From.Add(from.Select(one => new WatchFrom { Group = one.Group.ToByteString(), Token = one.Token }));
        var stream = new Watching(Relay, session, request);
        _streams.Add(stream);
        return stream;
    }

    /// <summary>The fault that a call is refused with.</summary>
    public static async Task<Fault> RefusedAsync(Func<Task> call) => (await Assert.ThrowsAsync<RelayFaultException>(call)).Fault;

    public static async Task RefusedAsync(FaultCode code, Func<Task> call) => Assert.Equal(code, (await RefusedAsync(call)).Code);
}
