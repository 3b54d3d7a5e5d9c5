using Grpc.Core;
using Grpc.Core.Interceptors;
using Vault.Client;
using Vault.Client.Tests.Kit;
using Vault.Client.Transport;
using Vault.Protocol.V1;

namespace Vault.Agent.Tests.Kit;

/// <summary>A relay that passes on what others attest and, once told to, shows one group as it stood at some head: no hint, no newer head, no commit.</summary>
internal sealed class Withholder : Interceptor
{
    private GroupHead? _head;

    public ClientSeams Seams() => TestPerson.Seams() with
    {
        Connect = (address, use) =>
        {
            var connection = GrpcConnections.Open(address, use);
            return new RelayConnection(connection.Calls.Intercept(this), connection.Dispose);
        },
    };

    /// <summary>From now on nothing after this head is shown.</summary>
    public void StopAt(GroupHead head) => _head = head;

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new AsyncUnaryCall<TResponse>(
            WithholdAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    // The stream carries commits by itself, so it is refused from the start: polls are enough.
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        throw new RpcException(new Status(StatusCode.Unavailable, "no stream"));

    private async Task<T> WithholdAsync<T>(Task<T> honest)
        where T : class
    {
        var answer = await honest;
        if (_head is { } head)
        {
            foreach (var named in (answer as HeadsResponse)?.Heads ?? [])
            {
                named.Head = head;
            }

            if (answer is PullResponse pull)
            {
                pull.Commits.Clear();
                pull.Head = head;
            }
        }

        return answer;
    }
}
