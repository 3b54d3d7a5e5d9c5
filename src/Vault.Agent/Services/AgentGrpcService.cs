using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Hosting;
using Vault.Agent.Views;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>The agent itself: who answers, and its end.</summary>
internal sealed class AgentGrpcService(AgentIdentity identity, AgentClient client, Ending ending, TimeProvider time) : AgentService.AgentServiceBase
{
    public override Task<HandshakeResponse> Handshake(HandshakeRequest request, ServerCallContext context) =>
        client.RunInAnyHomeAsync(vault => new HandshakeResponse
        {
            ContractVersion = AgentContract.Version,
            ProgramVersion = AgentContract.ProgramVersion,
            ProcessId = (uint)Environment.ProcessId,
            Instance = identity.Instance,
            Profile = identity.Profile.Name,
            UptimeMs = (ulong)time.GetElapsedTime(identity.StartedTimestamp).TotalMilliseconds,
            LockState = AccountViews.LockOf(vault),
        });

    // Not on the client's pump, which may be at something for seconds: that would be no answer to the question.
    public override Task<PingResponse> Ping(PingRequest request, ServerCallContext context) => Task.FromResult(new PingResponse());

    public override Task<StopResponse> Stop(StopRequest request, ServerCallContext context)
    {
        // The host drains: this answer is on its way before the connection closes.
        ending.Decide(EndingKind.Stop);
        return Task.FromResult(new StopResponse());
    }
}
