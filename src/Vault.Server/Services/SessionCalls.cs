using Grpc.Core;
using Vault.Protocol.V1;
using Vault.Server.Engine;

namespace Vault.Server.Services;

public sealed class SessionCalls(Relay relay) : SessionService.SessionServiceBase
{
    public override Task<GetNonceResponse> GetNonce(GetNonceRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => Task.FromResult(relay.SessionDesk.GetNonce(Calls.Peer(context))));

    public override Task<OpenSessionResponse> OpenSession(OpenSessionRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.SessionDesk.OpenAsync(request, context.CancellationToken));
}
