using Grpc.Core;
using Grpc.Core.Interceptors;
using Vault.Client.Transport;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Kit;

/// <summary>A relay whose stream stays up and loses what it is told to lose, without a word: what happened to CloudKit's users.</summary>
internal sealed class HintLoss : Interceptor
{
    /// <summary>Whether a hint is lost.</summary>
    public Func<WatchResponse, bool> Loses { get; set; } = _ => false;

    public ClientSeams Seams() => TestPerson.Seams() with
    {
        Connect = (address, use) =>
        {
            var connection = GrpcConnections.Open(address, use);
            return new RelayConnection(connection.Calls.Intercept(this), connection.Dispose);
        },
    };

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new AsyncServerStreamingCall<TResponse>(
            new LossyReader<TResponse>(call.ResponseStream, hint => hint is WatchResponse watched && Loses(watched)),
            call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private sealed class LossyReader<T>(IAsyncStreamReader<T> inner, Func<T, bool> loses) : IAsyncStreamReader<T>
    {
        public T Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            while (await inner.MoveNext(cancellationToken))
            {
                if (!loses(inner.Current))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
