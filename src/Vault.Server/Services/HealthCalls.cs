using Grpc.Core;
using Grpc.Health.V1;
using Vault.Server.Engine;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Vault.Server.Services;

/// <summary>
/// The standard health service, for load balancers and service managers. SERVING is worked out when asked, from the canary
/// row, and never stored: a relay that can no longer write must not look well because nobody told the health service.
/// </summary>
public sealed class HealthCalls(Relay relay, TimeProvider time) : Health.HealthBase
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>The relay as a whole, by the empty name; it has no parts that could be well or ill alone.</summary>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Service.Length == 0
            ? Task.FromResult(new HealthCheckResponse { Status = Status })
            : throw new RpcException(new Status(StatusCode.NotFound, "no such service"));
    }

    /// <summary>The state now, and each time it has changed within a second.</summary>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        var last = ServingStatus.Unknown;
        try
        {
            while (!relay.IsStopping)
            {
                // A name that nobody serves may come one day, says the protocol: the stream stays open.
                var status = request.Service.Length == 0 ? Status : ServingStatus.ServiceUnknown;
                if (status != last)
                {
                    last = status;
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken);
                }

                await Task.Delay(s_interval, time, context.CancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The caller left.
        }
    }

    private ServingStatus Status => relay.IsConfirming && !relay.IsStopping ? ServingStatus.Serving : ServingStatus.NotServing;
}
