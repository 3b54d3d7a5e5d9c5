using Google.Protobuf;
using Grpc.Core;
using Vault.Core;
using Vault.Protocol.V1;
using Vault.Server.Stores;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Services;

/// <summary>Faults as gRPC carries them: a status for whoever knows only gRPC, and the fault itself in a trailer.</summary>
public static class FaultStatus
{
    /// <summary>The trailer that holds the fault.</summary>
    public const string Trailer = "vault-fault-bin";

    /// <summary>The status of a fault; the table stands in protos/README.md.</summary>
    public static StatusCode Of(FaultCode code) => code switch
    {
        FaultCode.Unauthenticated or FaultCode.BadNonce or FaultCode.WrongRelayName or FaultCode.SessionRevoked => StatusCode.Unauthenticated,
        FaultCode.NotAllowed or FaultCode.RegistrationClosed => StatusCode.PermissionDenied,
        FaultCode.UnknownGroup or FaultCode.UnknownAccount or FaultCode.Mailbox => StatusCode.NotFound,
        FaultCode.HeadMoved => StatusCode.Aborted,
        FaultCode.BadToken or FaultCode.BadRequest or FaultCode.BadBlob => StatusCode.InvalidArgument,
        FaultCode.ForeignToken => StatusCode.OutOfRange,
        FaultCode.RateLimited or FaultCode.Quota => StatusCode.ResourceExhausted,
        FaultCode.AccountExists => StatusCode.AlreadyExists,
        FaultCode.RecoveryWindow or FaultCode.StoreUnavailable => StatusCode.Unavailable,
        FaultCode.CutOff or (>= (FaultCode)100 and < (FaultCode)400) => StatusCode.FailedPrecondition,
        _ => StatusCode.Unknown,
    };

    /// <summary>The exception that carries a fault to the caller.</summary>
    public static RpcException ToRpc(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return new RpcException(
            new Status(Of(fault.Code), $"{FaultNames.Of(fault.Code)}: {fault.Detail}"),
            new Metadata { { Trailer, fault.ToWire().ToByteArray() } });
    }

    /// <summary>The fault of a store that cannot be used now.</summary>
    public static Fault Of(StoreUnavailableException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new Fault(FaultCode.StoreUnavailable, exception.Message) { RetryAfter = TimeSpan.FromSeconds(1) };
    }
}
