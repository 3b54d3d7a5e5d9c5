using Grpc.Core;
using Vault.Agent.Items;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>Items.</summary>
internal sealed class ItemGrpcService : ItemService.ItemServiceBase
{
    public override Task<GetTemplateResponse> GetTemplate(GetTemplateRequest request, ServerCallContext context) =>
        Task.FromResult(Templates.Of(request.Type));
}
