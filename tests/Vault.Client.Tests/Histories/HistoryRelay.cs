using Grpc.Core;
using Vault.Client.Transport;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Tests.Histories;
using Vault.Crypto;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Services;
using Vault.Server.Stores;
using Vault.Simulation.Network;
using Vault.Simulation.Time;

namespace Vault.Client.Tests.Histories;

/// <summary>
/// The real relay, from its services down to SQLite in memory, with everybody of the histories registered. It serves many
/// histories, one group each; its limits of rate are those of one group each, and would only make it wait.
/// </summary>
internal sealed class HistoryRelay : IAsyncDisposable
{
    private const string Name = "relay.sim";
    private static readonly RelayAddress s_address = RelayAddress.Parse($"https://{Name}");
    private static readonly Rate s_unbounded = new(double.MaxValue, 1);
    private static readonly Lazy<IReadOnlyList<Reader>> s_everybody =
        new(() => [.. Enumerable.Range(0, History.PeopleInPool).Select(i => Reader.Of($"pool-{i}"))]);

    private readonly Endpoint _endpoint = new();
    private readonly Link _link;
    private readonly SqliteRelayStore _store;
    private readonly Relay _relay;
    private readonly SortedDictionary<AccountId, RelayCaller> _callers = [];

    private HistoryRelay(Kernel kernel, ulong seed)
    {
        Clock = new NodeClock(kernel);
        Random = new Dice(seed, "relay and devices");
        _link = new Link(kernel, Clock, "device") { Server = () => _endpoint, Delay = (TimeSpan.FromTicks(1), TimeSpan.FromTicks(2)) };
        var scheduler = new ContextScheduler(kernel);
        _store = SqliteRelayStore.Open(SqliteLocation.Memory($"histories-{seed}"), scheduler);
        var limits = new RelayLimits
        {
            NoncesPerPeer = s_unbounded,
            CallsPerSession = s_unbounded,
            Registrations = s_unbounded,
            SessionsPerKey = int.MaxValue,
        };
        _relay = new Relay(new RelayOptions { Names = [Name], Limits = limits }, _store, scheduler, Clock, Random);
        new RelayServices(_relay).Bind(_endpoint);
    }

    public NodeClock Clock { get; }

    public Dice Random { get; }

    public string Address => s_address.Text;

    /// <summary>Generated stubs call through this: bytes to and from the generated services.</summary>
    public CallInvoker Calls => new LinkInvoker(_link);

    public static async Task<HistoryRelay> StartAsync(Kernel kernel, ulong seed)
    {
        var relay = new HistoryRelay(kernel, seed);
        await relay._relay.StartAsync(CancellationToken.None);
        foreach (var reader in s_everybody.Value)
        {
            await relay._relay.Accounts.RegisterAsync(reader.Registration(), CancellationToken.None);
            relay._callers.Add(reader.Id, relay.Dial(reader));
        }

        return relay;
    }

    public static Reader Registered(AccountId account) => s_everybody.Value.Single(reader => reader.Id == account);

    /// <summary>What the relay says to a commit that this person pushes.</summary>
    public Task<PushResponse> PushAsync(AccountId by, PushRequest request) =>
        _callers[by].CallAsync((relay, options) => relay.Groups.PushAsync(request, options), CancellationToken.None);

    /// <summary>The same for a suffix, in a recovery window that is open for this one call: blobs may follow there.</summary>
    public async Task<PushSuffixResponse> PushSuffixInWindowAsync(AccountId by, PushSuffixRequest request)
    {
        _relay.Window.Open(DateTimeOffset.MaxValue);
        try
        {
            return await _callers[by].CallAsync((relay, options) => relay.Groups.PushSuffixAsync(request, options), CancellationToken.None);
        }
        finally
        {
            _relay.Window.Close();
        }
    }

    /// <summary>The state that the stored chain makes, as a relay that starts anew on this store verifies it.</summary>
    public async Task<VerifiedGroup> StoredAsync(GroupId group)
    {
        var page = (await _store.ReadGroupAsync(group, null, int.MaxValue, null, CancellationToken.None))!;
        var state = GroupRules.Verify([.. page.Commits.Select(stored => stored.Entry)]).Value;
        Assert.Equal(page.Head, state.Head);
        return state;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in _callers.Values)
        {
            caller.Dispose();
        }

        await _relay.DisposeAsync();
        await _store.DisposeAsync();
    }

    private RelayCaller Dial(Reader reader)
    {
        var sync = SigningKey.FromSeed(reader.Sync.Seed.Span);
        return new RelayCaller(
            new RelayConnection(Calls, sync.Dispose),
            Clock,
            TimeSpan.FromHours(1),
            nonce => SignedProofs.DeviceSession(Name, nonce, reader.Id, reader.Device, sync));
    }
}
