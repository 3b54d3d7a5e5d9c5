using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Vault.Client.Transport;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Tests.Kit;

/// <summary>A relay that answers honestly, but for what the lie changes in its answers.</summary>
internal sealed class Liar : Interceptor
{
    /// <summary>Changes an answer in place. Null: honest.</summary>
    public Action<object>? Lie { get; set; }

    /// <summary>Told of every request.</summary>
    public Action<object>? Saw { get; set; }

    /// <summary>What a relay throws that refuses with a fault. The status is what only a client that knows no faults goes by.</summary>
    public static RpcException Refusal(FaultCode code, StatusCode status = StatusCode.FailedPrecondition) =>
        new(new Status(status, "no"), new Metadata { { "vault-fault-bin", new Fault(code).ToWire().ToByteArray() } });

    public ClientSeams Seams() => TestPerson.Seams() with
    {
        Connect = (address, use) =>
        {
            var connection = GrpcConnections.Open(address, use);
            return new RelayConnection(connection.Calls.Intercept(this), connection.Dispose);
        },
    };

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        Saw?.Invoke(request);
        var call = continuation(request, context);
        return new AsyncUnaryCall<TResponse>(
            LieAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private async Task<T> LieAsync<T>(Task<T> honest)
        where T : class
    {
        var answer = await honest;
        Lie?.Invoke(answer);
        return answer;
    }
}
