using System.CommandLine;
using Grpc.Core;
using Vault.Cli.Input;
using Vault.Cli.Output;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Shell;

/// <summary>One run of one command: what was asked, where answers go, and the agent.</summary>
internal sealed class Invocation : IDisposable
{
    private AgentChannel? _agent;

    public Invocation(ParseResult parsed)
    {
        Parsed = parsed;
        Paths = VaultPaths.Of(Profile.Choose(parsed.GetValue(GlobalOptions.Profile)));
        Notices = new Notices(Json);
        Answer = new Answer();
        Ask = new Prompt(allowed: !parsed.GetValue(GlobalOptions.NoInput), confirmed: parsed.GetValue(GlobalOptions.Yes));
        Secrets = new SecretSources(Ask);
    }

    public ParseResult Parsed { get; }

    public VaultPaths Paths { get; }

    public bool Json => Parsed.GetValue(GlobalOptions.Json);

    /// <summary>Standard output: the answer and nothing else.</summary>
    public Answer Answer { get; }

    /// <summary>Standard error: everything else.</summary>
    public Notices Notices { get; }

    public Prompt Ask { get; }

    public SecretSources Secrets { get; }

    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    public string[] Values(Option<string[]> option) => Parsed.GetValue(option) ?? [];

    /// <summary>The option was given, with or without a value.</summary>
    public bool Has(Option option) => Parsed.GetResult(option) is { Implicit: false };

    /// <summary>The agent, started if need be.</summary>
    public async Task<AgentChannel> AgentAsync(CancellationToken cancellation) =>
        _agent ??= await Notices.WhileAsync("starting the agent", AgentLauncher.ConnectOrStartAsync(Paths, cancellation));

    /// <summary>The agent if it runs; null otherwise.</summary>
    public AgentChannel? RunningAgent() => _agent ??= AgentChannel.TryConnect(Paths);

    /// <summary>Calls to an agent, which end when it is silent.</summary>
    public CallInvoker Calls(AgentChannel agent) => Pulse.Of(agent, Paths);

    /// <summary>What an agent says of itself. One of another version answers, too.</summary>
    public async Task<HandshakeResponse> HandshakeAsync(AgentChannel agent, CancellationToken cancellation) =>
        await new AgentService.AgentServiceClient(Calls(agent)).HandshakeAsync(
            new HandshakeRequest { ContractVersion = AgentContract.Version, ProgramVersion = AgentContract.ProgramVersion },
            cancellationToken: cancellation);

    public async Task<AccountService.AccountServiceClient> AccountsAsync(CancellationToken cancellation) =>
        new(await CallsAsync(cancellation));

    public async Task<ItemService.ItemServiceClient> ItemsAsync(CancellationToken cancellation) =>
        new(await CallsAsync(cancellation));

    public async Task<GroupService.GroupServiceClient> GroupsAsync(CancellationToken cancellation) =>
        new(await CallsAsync(cancellation));

    public async Task<MemberService.MemberServiceClient> MembersAsync(CancellationToken cancellation) =>
        new(await CallsAsync(cancellation));

    public async Task<SyncService.SyncServiceClient> SyncAsync(CancellationToken cancellation) =>
        new(await CallsAsync(cancellation));

    public async Task<OutboxService.OutboxServiceClient> OutboxAsync(CancellationToken cancellation) =>
        new(await CallsAsync(cancellation));

    public async Task<ConflictService.ConflictServiceClient> ConflictsAsync(CancellationToken cancellation) =>
        new(await CallsAsync(cancellation));

    public async Task<ForkService.ForkServiceClient> ForksAsync(CancellationToken cancellation) =>
        new(await CallsAsync(cancellation));

    private async Task<CallInvoker> CallsAsync(CancellationToken cancellation) => Calls(await AgentAsync(cancellation));

    public void Dispose() => _agent?.Dispose();
}
