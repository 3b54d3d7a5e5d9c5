using Grpc.Core;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Stores;

namespace Vault.Server.Services;

/// <summary>What every call shares: the session from the metadata, and faults on their way out. Knows no transport.</summary>
internal static class Calls
{
    private const string Header = "authorization";
    private const string Scheme = "Bearer ";

    public static async Task<T> AnswerAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (RelayFaultException e)
        {
            throw FaultStatus.ToRpc(e.Fault);
        }
        catch (StoreUnavailableException e)
        {
            throw FaultStatus.ToRpc(FaultStatus.Of(e));
        }
        catch (OperationCanceledException)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "cancelled"));
        }
    }

    /// <exception cref="RelayFaultException">UNAUTHENTICATED, SESSION_REVOKED or RATE_LIMITED.</exception>
    public static Session Session(Relay relay, ServerCallContext context)
    {
        var value = context.RequestHeaders.GetValue(Header);
        Span<byte> token = stackalloc byte[64];
        return value is not null && value.StartsWith(Scheme, StringComparison.Ordinal)
            && Convert.TryFromBase64String(value[Scheme.Length..], token, out var length)
            ? relay.Admit(token[..length])
            : throw RelayFaultException.Of(FaultCode.Unauthenticated, "no bearer token");
    }

    /// <summary>Where the caller comes from, without its port: what limits of unknown callers go by.</summary>
    public static string Peer(ServerCallContext context)
    {
        var peer = context.Peer ?? "";
        var port = peer.LastIndexOf(':');
        return port > 0 ? peer[..port] : peer;
    }
}
