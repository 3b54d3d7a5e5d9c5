using Grpc.Core;

namespace Vault.Simulation.Network;

/// <summary>
/// gRPC without HTTP/2: generated stubs on one side of a <see cref="Link"/>, generated services on the other, serialised bytes
/// between. Every loss, delay and cut is drawn from the world's dice, so a seed replays it.
/// </summary>
public sealed class LinkInvoker(Link link) : CallInvoker
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new UnaryCall<TResponse>(link, method.Name, method.ResponseMarshaller, options);
        call.Start(method.FullName, Bytes.Of(method.RequestMarshaller, request));
        return new AsyncUnaryCall<TResponse>(
            call.Response, Task.FromResult(new Metadata()), () => call.Status, () => call.Trailers, call.Cancel);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new StreamCall<TResponse>(link, method.Name, method.ResponseMarshaller, options);
        call.Start(method.FullName, Bytes.Of(method.RequestMarshaller, request));
        return new AsyncServerStreamingCall<TResponse>(
            call.Reader, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], call.Cancel);
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException("Nothing in the simulation may block.");

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException("The contract has no client streaming.");

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException("The contract has no duplex streaming.");
}
