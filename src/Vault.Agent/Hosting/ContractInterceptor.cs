using System.Globalization;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Hosting;

/// <summary>
/// Refuses callers of another contract version, except where they learn about it and where they end this agent: after an
/// update the old agent may still run.
/// </summary>
internal sealed class ContractInterceptor : Interceptor
{
    private const string OpenToAll = "/vault.agent.v1.AgentService/";

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, responseStream, context);
    }

    private static void Check(ServerCallContext context)
    {
        var version = context.RequestHeaders.GetValue(AgentContract.VersionHeader);
        if (version != AgentContract.Version.ToString(CultureInfo.InvariantCulture)
            && !context.Method.StartsWith(OpenToAll, StringComparison.Ordinal))
        {
            throw new AgentException(
                ExitCode.Agent,
                $"The running agent (contract {AgentContract.Version}) is another version than the caller (contract {version ?? "none"}).",
                "svault agent stop");
        }
    }
}
