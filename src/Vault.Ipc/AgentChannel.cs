using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Vault.Ipc.V1;

namespace Vault.Ipc;

/// <summary>
/// One caller's connection to one agent. A failed call throws <see cref="AgentException"/>. When the connection breaks the
/// channel is finished: the agent may be another process image by then, and the caller should know.
/// </summary>
public sealed class AgentChannel : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly ObservedStream _connection;

    private AgentChannel(Socket socket)
    {
        _connection = new ObservedStream(new NetworkStream(socket, ownsSocket: true));
        Stream? unused = _connection;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (_, _) =>
                Interlocked.Exchange(ref unused, null) is { } stream
                    ? ValueTask.FromResult(stream)
                    : ValueTask.FromException<Stream>(new IOException("The agent closed the connection.")),
        };
        _channel = GrpcChannel.ForAddress("http://agent", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = AgentContract.ResponseBytesMax,
            MaxSendMessageSize = AgentContract.RequestBytesMax,
            MaxRetryAttempts = 1,
        });
        Invoker = _channel.Intercept(new ContractInterceptor());
    }

    /// <summary>For the generated clients.</summary>
    public CallInvoker Invoker { get; }

    /// <summary>Completes when the agent has closed the connection.</summary>
    public Task Closed => _connection.Ended;

    /// <summary>Connects to the profile's agent; null when none listens.</summary>
    /// <exception cref="AgentException">What listens there is another user's.</exception>
    public static AgentChannel? TryConnect(VaultPaths paths)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(paths.Socket));
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }

        if (!PeerCredential.IsOwnUser(socket))
        {
            socket.Dispose();
            throw new AgentException(
                ExitCode.Integrity,
                $"Another user listens on {paths.Socket}.",
                "Find out who could write there before you go on; set XDG_RUNTIME_DIR or SVAULT_HOME to a directory of your own.");
        }

        return new AgentChannel(socket);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _connection.Dispose();
    }

    private sealed class ContractInterceptor : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            var call = continuation(request, WithVersion(context));
            return new AsyncUnaryCall<TResponse>(
                Translate(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            var call = continuation(request, WithVersion(context));
            return new AsyncServerStreamingCall<TResponse>(
                new TranslatedStream<TResponse>(call.ResponseStream), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
        }

        private static ClientInterceptorContext<TRequest, TResponse> WithVersion<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class
        {
            var headers = context.Options.Headers ?? [];
            headers.Add(AgentContract.VersionHeader, AgentContract.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithHeaders(headers));
        }
    }

    private static async Task<T> Translate<T>(Task<T> response)
    {
        try
        {
            return await response;
        }
        catch (RpcException failure)
        {
            throw AgentException.FromRpc(failure);
        }
    }

    private sealed class TranslatedStream<T>(IAsyncStreamReader<T> stream) : IAsyncStreamReader<T>
    {
        public T Current => stream.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Translate(stream.MoveNext(cancellationToken));
    }
}
