using Grpc.Core;

namespace Vault.Simulation.Network;

/// <summary>Whether the process behind some connections still lives.</summary>
internal sealed class LiveLinks
{
    public bool IsAlive { get; set; } = true;
}

/// <summary>Calls of a process that has crashed go nowhere: what still runs of it must not act on the world.</summary>
internal sealed class GuardedInvoker(CallInvoker inner, LiveLinks links) : CallInvoker
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Refuse();
        return inner.AsyncUnaryCall(method, host, options, request);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Refuse();
        return inner.AsyncServerStreamingCall(method, host, options, request);
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        inner.BlockingUnaryCall(method, host, options, request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => inner.AsyncClientStreamingCall(method, host, options);

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => inner.AsyncDuplexStreamingCall(method, host, options);

    private void Refuse()
    {
        if (!links.IsAlive)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "The process has ended."));
        }
    }
}
