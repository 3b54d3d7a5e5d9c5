using System.Diagnostics;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Vault.Agent.Accounts;
using Vault.Agent.Hosting;
using Vault.Client;
using Vault.Client.Tests.Kit;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Tests.Kit;

/// <summary>An agent as it ships, in this process: its services on its socket, its client on a pump of its own. Only the password hash is a fast one.</summary>
internal sealed class LocalAgent : IAsyncDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("vault-agent-").FullName;
    private readonly ClientSeams _seams;
    private WebApplication? _host;
    private AgentSocket? _socket;

    private LocalAgent(ClientSeams seams)
    {
        _seams = seams;
        Paths = VaultPaths.Of(Profile.Default, variable => variable == "SVAULT_HOME" ? _home : null);
        Paths.Prepare();
    }

    public VaultPaths Paths { get; }

    public AgentChannel Channel { get; private set; } = null!;

    public string SecretKey { get; private set; } = "";

    /// <summary>What its services ask.</summary>
    public AgentClient Client => _host!.Services.GetRequiredService<AgentClient>();

    public AccountService.AccountServiceClient Accounts => new(Channel.Invoker);

    public AgentService.AgentServiceClient Agent => new(Channel.Invoker);

    public ConflictService.ConflictServiceClient Conflicts => new(Channel.Invoker);

    public DoctorService.DoctorServiceClient Doctor => new(Channel.Invoker);

    public ForkService.ForkServiceClient Forks => new(Channel.Invoker);

    public GroupService.GroupServiceClient Groups => new(Channel.Invoker);

    public ItemService.ItemServiceClient Items => new(Channel.Invoker);

    public MemberService.MemberServiceClient Members => new(Channel.Invoker);

    public OutboxService.OutboxServiceClient Outbox => new(Channel.Invoker);

    public SyncService.SyncServiceClient Sync => new(Channel.Invoker);

    public static async Task<LocalAgent> StartAsync(ClientSeams? seams = null)
    {
        var agent = new LocalAgent(seams ?? TestPerson.Seams());
        await agent.UpAsync();
        return agent;
    }

    public async Task RegisterAsync(TestRelay relay, string name)
    {
        var registered = await Accounts.RegisterAsync(new RegisterRequest
        {
            Relay = relay.Address,
            Name = name,
            DeviceName = $"{name}'s laptop",
            Password = ByteString.CopyFromUtf8(TestPerson.Password),
        });
        SecretKey = registered.SecretKey.ToStringUtf8();
    }

    public async Task<ItemSummary> AddAsync(string group, string title, uint waitMs) => (await Items.AddItemAsync(new AddItemRequest
    {
        Group = group,
        Type = ItemType.Login,
        Title = title,
        Fields = { new FieldInput { Name = "password", Secret = true, Value = ByteString.CopyFromUtf8("secret") } },
        WaitMs = waitMs,
    })).Item;

    /// <summary>Ends it and starts another on the same home, which is locked.</summary>
    public async Task RestartAsync()
    {
        await DownAsync();
        await UpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task UpAsync()
    {
        var identity = new AgentIdentity(Profile.Default, ByteString.CopyFrom(Guid.NewGuid().ToByteArray()), Stopwatch.GetTimestamp());
        _socket = new AgentSocket(Paths, inherited: null);
        _host = AgentHost.Build(Paths, _socket, identity, new Ending(), TimeProvider.System, _seams);
        await Client.OpenAsync();
        await _host.StartAsync();
        Channel = AgentChannel.TryConnect(Paths) ?? throw new InvalidOperationException("The agent does not listen.");
    }

    private async Task DownAsync()
    {
        Channel.Dispose();
        await _host!.StopAsync();
        await Client.DisposeAsync();
        await _host.DisposeAsync();
        _socket!.Remove();
    }
}
