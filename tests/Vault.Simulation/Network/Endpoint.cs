using Grpc.Core;

namespace Vault.Simulation.Network;

/// <summary>One call as a service handles it: request bytes in, response messages out as bytes.</summary>
internal delegate Task CallHandler(byte[] request, Func<byte[], Task> send, ServerCallContext context);

/// <summary>
/// The generated services of one relay process, bound without a web server: what <c>MapGrpcService</c> is to Kestrel.
/// Unary and server streaming are all that the contract uses.
/// </summary>
public sealed class Endpoint : ServiceBinderBase
{
    private readonly Dictionary<string, CallHandler> _handlers = new(StringComparer.Ordinal);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        _handlers[method.FullName] = async (request, send, context) =>
        {
            var response = await handler!(Bytes.To(method.RequestMarshaller, request), context);
            await send(Bytes.Of(method.ResponseMarshaller, response));
        };

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        _handlers[method.FullName] = (request, send, context) =>
            handler!(Bytes.To(method.RequestMarshaller, request), new Writer<TResponse>(method.ResponseMarshaller, send), context);

    /// <summary>Whether the process behind it lives: what a dead one still computes is never delivered.</summary>
    internal bool IsAlive { get; private set; } = true;

    internal void Kill() => IsAlive = false;

    internal CallHandler? Find(string method) => IsAlive ? _handlers.GetValueOrDefault(method) : null;

    private sealed class Writer<T>(Marshaller<T> marshaller, Func<byte[], Task> send) : IServerStreamWriter<T>
        where T : class
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(T message) => send(Bytes.Of(marshaller, message));

        public Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return WriteAsync(message);
        }
    }
}
