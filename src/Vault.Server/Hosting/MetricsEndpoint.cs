using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Vault.Server.Hosting;

/// <summary>
/// <c>GET /metrics</c>, on a server of its own: what is for the operator is not on the port that is for everybody, whatever a
/// Host header says, and the relay's calls are not on this one.
/// </summary>
internal sealed class MetricsEndpoint : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly PrometheusText _text = new();
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;
    private readonly WebApplication _application;

    private MetricsEndpoint(IPEndPoint address, Meter meter)
    {
        _reader = new BaseExportingMetricReader(_text);
        // By name the provider would take every relay's instruments in this process.
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddView(instrument => instrument.Meter == meter ? null : MetricStreamConfiguration.Drop)
            .AddReader(_reader)
            .Build();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _application = builder.Build();
        _application.MapGet("/metrics", () => Results.Text(Collect(), PrometheusText.ContentType));
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<MetricsEndpoint> StartAsync(IPEndPoint address, Meter meter, CancellationToken cancellationToken)
    {
        var endpoint = new MetricsEndpoint(address, meter);
        try
        {
            await endpoint._application.StartAsync(cancellationToken);
        }
        catch
        {
            await endpoint.DisposeAsync();
            throw;
        }

        endpoint.Address = new Uri(endpoint._application.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal) + "/metrics");
        return endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _provider.Dispose();
        _reader.Dispose();
        _text.Dispose();
    }

    private string Collect()
    {
        lock (_gate)
        {
            _reader.Collect();
            return _text.Text;
        }
    }
}
