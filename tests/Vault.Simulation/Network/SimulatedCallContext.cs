using Grpc.Core;

namespace Vault.Simulation.Network;

/// <summary>What a service sees of a call: headers, cancellation, and the trailers it sets.</summary>
internal sealed class SimulatedCallContext(string method, Metadata headers, CancellationToken cancellation) : ServerCallContext
{
    protected override string MethodCore => method;

    protected override string HostCore => "relay.sim";

    protected override string PeerCore => "sim";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => headers;

    protected override CancellationToken CancellationTokenCore => cancellation;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => new(null, []);

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException();
}
