using Grpc.Core;
using Vault.Agent.Hosting;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>The account on this device, and its lock.</summary>
internal sealed class AccountGrpcService(Ending ending) : AccountService.AccountServiceBase
{
    public override Task<LockResponse> Lock(LockRequest request, ServerCallContext context)
    {
        // Only once the answer is written: the new image knows nothing of this call.
        context.GetHttpContext().Response.OnCompleted(() =>
        {
            ending.Decide(EndingKind.Replace);
            return Task.CompletedTask;
        });
        return Task.FromResult(new LockResponse());
    }

    public override Task<GetLockStateResponse> GetLockState(GetLockStateRequest request, ServerCallContext context) =>
        Task.FromResult(new GetLockStateResponse { State = LockState.NoAccount });
}
