using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Engine;

/// <summary>The relay's refusal of one call: how a fault leaves the engine. The rules themselves return theirs.</summary>
public sealed class RelayFaultException(Fault fault) : Exception(fault.ToString())
{
    public Fault Fault { get; } = fault;

    internal static RelayFaultException Of(FaultCode code, string detail = "", TimeSpan? retryAfter = null) =>
        new(new Fault(code, detail) { RetryAfter = retryAfter });
}
