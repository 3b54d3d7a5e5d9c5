using Grpc.Core;
using Grpc.Core.Interceptors;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Hosting;

/// <summary>Turns what a service throws into an <see cref="AgentError"/> on the wire, so no call fails without a reason.</summary>
internal sealed class ErrorInterceptor(VaultPaths paths, ILogger<ErrorInterceptor> log) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        SayAsync(context, () => continuation(request, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        SayAsync(context, async () =>
        {
            await continuation(request, responseStream, context);
            return true;
        });

    private async Task<T> SayAsync<T>(ServerCallContext context, Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (AgentException failure)
        {
            throw failure.ToRpcException();
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw new AgentException(ExitCode.Cancelled, "The call was cancelled.").ToRpcException();
        }
        catch (Exception failure) when (failure is not RpcException)
        {
            log.CallFailed(failure, context.Method);
            throw new AgentException(ExitCode.Error, "The agent failed at this.", $"Look at {paths.Log}.").ToRpcException();
        }
    }
}
