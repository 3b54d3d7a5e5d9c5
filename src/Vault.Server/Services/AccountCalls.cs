using Grpc.Core;
using Vault.Protocol.V1;
using Vault.Server.Engine;

namespace Vault.Server.Services;

public sealed class AccountCalls(Relay relay) : AccountService.AccountServiceBase
{
    public override Task<RegisterResponse> Register(RegisterRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Accounts.RegisterAsync(request, context.CancellationToken));

    public override Task<RefillAccountResponse> RefillAccount(RefillAccountRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Accounts.RefillAsync(Calls.Peer(context), request, context.CancellationToken));

    public override Task<PushAccountResponse> PushAccount(PushAccountRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Accounts.PushAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<PullAccountResponse> PullAccount(PullAccountRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Accounts.PullAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<GetLockerResponse> GetLocker(GetLockerRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Accounts.GetLockerAsync(Calls.Session(relay, context), request, context.CancellationToken));

    public override Task<DeleteAccountResponse> DeleteAccount(DeleteAccountRequest request, ServerCallContext context) =>
        Calls.AnswerAsync(() => relay.Accounts.DeleteAsync(request, context.CancellationToken));
}
