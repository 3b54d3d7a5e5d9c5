using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Process;
using Vault.Agent.Views;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>What is wrong here: the process, then the client's own checks. Asks for no key and touches no lock.</summary>
internal sealed class DoctorGrpcService(AgentClient client) : DoctorService.DoctorServiceBase
{
    public override Task<ExamineResponse> Examine(ExamineRequest request, ServerCallContext context) => client.RunInAnyHomeAsync(async vault =>
    {
        var response = new ExamineResponse();
        response.Checks.Add(CheckViews.Of(MemoryCheck.Of(MemoryFacts.Now())));
        response.Checks.Add(CheckAdvice.Of(vault, await vault.Doctor.ExamineAsync(request.Mend, context.CancellationToken)).Select(CheckViews.Of));
        return response;
    });
}
