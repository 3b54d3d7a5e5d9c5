using Grpc.Core;
using Grpc.Core.Interceptors;
using Vault.Client.Transport;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Kit;

/// <summary>What lies between a client and an honest relay: it keeps answers back, loses hints, or loses everything.</summary>
internal sealed class Line : Interceptor
{
    /// <summary>Waits before an answer is handed over. Null: at once.</summary>
    public Func<object, Task>? Hold { get; set; }

    /// <summary>Which hints pass. Null: all.</summary>
    public Func<WatchResponse, bool>? Passes { get; set; }

    /// <summary>No call and no stream reaches the relay.</summary>
    public bool IsCut { get; set; }

    /// <summary>No stream reaches the relay; calls do.</summary>
    public bool IsStreamCut { get; set; }

    /// <summary>Every request, as sent.</summary>
    public List<object> Sent { get; } = [];

    /// <summary>Connections dialled, in order.</summary>
    public List<ConnectionUse> Dialled { get; } = [];

    /// <summary>Streams opened.</summary>
    public int Streams { get; private set; }

    /// <summary>Hints that were lost.</summary>
    public List<WatchResponse> Lost { get; } = [];

    /// <summary>Seams of a client whose traffic goes over this, and whose clocks are these.</summary>
    public ClientSeams Seams(TwoClocks? clocks = null)
    {
        var seams = TestPerson.Seams();
        return seams with
        {
            Time = clocks?.Timers ?? seams.Time,
            BootClock = clocks ?? seams.BootClock,
            Connect = (address, use) =>
            {
                Dialled.Add(use);
                var connection = GrpcConnections.Open(address, use);
                return new RelayConnection(connection.Calls.Intercept(this), connection.Dispose);
            },
        };
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        ThrowIf(IsCut);
        Sent.Add(request);
        var call = continuation(request, context);
        return new AsyncUnaryCall<TResponse>(HoldAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        ThrowIf(IsCut || IsStreamCut);
        Streams++;
        var call = continuation(request, context);
        return new AsyncServerStreamingCall<TResponse>(
            new Filter<TResponse>(this, call.ResponseStream), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private static void ThrowIf(bool isCut)
    {
        if (isCut)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "cut"));
        }
    }

    private async Task<T> HoldAsync<T>(Task<T> honest)
        where T : class
    {
        var answer = await honest;
        if (Hold is { } hold)
        {
            await hold(answer);
        }

        return answer;
    }

    private sealed class Filter<T>(Line line, IAsyncStreamReader<T> stream) : IAsyncStreamReader<T>
    {
        public T Current => stream.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            while (await stream.MoveNext(cancellationToken))
            {
                if (stream.Current is not WatchResponse hint || line.Passes?.Invoke(hint) != false)
                {
                    return true;
                }

                line.Lost.Add(hint);
            }

            return false;
        }
    }
}
