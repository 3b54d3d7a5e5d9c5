using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vault.Core.Seams;
using Vault.Server.Engine;
using Vault.Server.Maintenance;
using Vault.Server.Services;
using Vault.Server.Stores;

namespace Vault.Server.Hosting;

/// <summary>A relay on Kestrel: HTTP/2 only, one endpoint, the store in a data directory.</summary>
public sealed class RelayHost : IAsyncDisposable
{
    // The largest request is a suffix push: 2 MiB of commits and 4 MiB of blobs. Never null: that limit also stops a
    // small compressed message from growing without end.
    private const int ReceiveBytes = 7 << 20;
    private const int ConnectionsMax = 20_000;

    private readonly DataDirectory _directory;
    private readonly SqliteRelayStore _store;
    private readonly WebApplication _application;
    private readonly X509Certificate2? _certificate;
    private Relay? _relay;
    private MetricsEndpoint? _metrics;
    private ITimer? _windowTimer;

    private RelayHost(
        ServerSettings settings, DataDirectory directory, SqliteRelayStore store, X509Certificate2? certificate, WebApplication application)
    {
        Settings = settings;
        _directory = directory;
        _store = store;
        _certificate = certificate;
        _application = application;
    }

    public ServerSettings Settings { get; }

    /// <summary>The address to use, with the pin where the certificate is self-signed.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Where metrics are read, if anywhere.</summary>
    public Uri? MetricsAddress => _metrics?.Address;

    /// <summary>Opens store and endpoint; calls are answered when this returns.</summary>
    /// <exception cref="StoreUnavailableException">The data directory is taken or cannot be used.</exception>
    public static async Task<RelayHost> StartAsync(
        ServerSettings settings, TimeProvider time, IRandomSource random, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var directory = DataDirectory.Take(settings.DataPath);
        SqliteRelayStore? store = null;
        RelayHost? host = null;
        try
        {
            var scheduler = new ThreadScheduler();
            // Made before SQLite makes it, so that it is for this user alone; its log files follow it.
            await DataDirectory.OwnFile(directory.Database, FileMode.OpenOrCreate).DisposeAsync();
            store = SqliteRelayStore.Open(SqliteLocation.File(directory.Database), scheduler);
            var certificate = settings.Tls switch
            {
                TlsMode.Given => RelayCertificate.Load(settings.CertificateFile!, settings.KeyFile!),
                TlsMode.SelfSigned => RelayCertificate.LoadOrCreate(directory, time, random),
                _ => null,
            };
            var relay = new RelayHolder();
            host = new RelayHost(settings, directory, store, certificate, Build(settings, certificate, relay, time));
            await host.RunAsync(relay, scheduler, time, random, cancellationToken);
            return host;
        }
        catch
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }
            else
            {
                if (store is not null)
                {
                    await store.DisposeAsync();
                }

                directory.Dispose();
            }

            throw;
        }
    }

    /// <summary>Ends when the process is asked to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _application.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_windowTimer is not null)
        {
            await _windowTimer.DisposeAsync();
        }

        if (_metrics is not null)
        {
            await _metrics.DisposeAsync();
        }

        if (_relay is not null)
        {
            await _relay.StopAsync();
        }

        await _application.StopAsync();
        await _application.DisposeAsync();
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

        await _store.DisposeAsync();
        _certificate?.Dispose();
        _directory.Dispose();
    }

    private async Task RunAsync(
        RelayHolder holder, ThreadScheduler scheduler, TimeProvider time, IRandomSource random, CancellationToken cancellationToken)
    {
        // The port is known only when it is bound, and the relay's names contain it: until then calls wait.
        await _application.StartAsync(cancellationToken);
        var port = new Uri(_application.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        var options = new RelayOptions
        {
            Names = Settings.RelayNames(port),
            Registration = Settings.Registration,
            RegistrationCode = RegistrationCode.Of(Settings, _directory, random),
            Limits = Settings.Limits,
        };
        _relay = new Relay(
            options, _store, scheduler, time, random, _application.Services.GetRequiredService<ILogger<Relay>>(),
            new BranchFiles(_directory.Path, time));
        var window = new WindowKeeper(
            _directory.Path, _relay.Window, time, _application.Services.GetRequiredService<ILogger<WindowKeeper>>());
        RecoveryWindowFile.NoteRun(_directory.Path, Settings.RecoveryWindow);
        window.Start();
        _windowTimer = time.CreateTimer(_ => window.Look(), null, WindowKeeper.Interval, WindowKeeper.Interval);
        await _relay.StartAsync(cancellationToken);
        if (Settings.MetricsEndpoint is { } metrics)
        {
            _metrics = await MetricsEndpoint.StartAsync(metrics, _relay.Meter, cancellationToken);
        }

        holder.Set(_relay);
        // A graceful stop waits for calls, and streams never end by themselves.
        _application.Lifetime.ApplicationStopping.Register(_relay.EndStreams);
        Address = AddressOf(port);
    }

    private string AddressOf(int port)
    {
        var any = Settings.Endpoint.Address.Equals(IPAddress.Any) || Settings.Endpoint.Address.Equals(IPAddress.IPv6Any);
        var host = any ? "localhost" : Settings.HostName();
        return (Settings.Tls, _certificate) switch
        {
            (TlsMode.SelfSigned, { } certificate) => $"https://{host}:{port}#sha256/{RelayCertificate.PinOf(certificate)}",
            (TlsMode.Given, _) => $"https://{host}:{port}",
            _ => $"http://{host}:{port}",
        };
    }

    private static WebApplication Build(ServerSettings settings, X509Certificate2? certificate, RelayHolder relay, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Error);
        // A start that fails is thrown as well, and whoever runs the host says it in a line; this would be its trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // Standard output carries one line for whoever started the relay; everything else goes to standard error.
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(8);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(4);
            kestrel.Listen(settings.Endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = ReceiveBytes;
            options.EnableDetailedErrors = false;
        });
        // Made at the first call, which waits for the relay. The relay itself is never a service: a scope that ends would
        // dispose it.
        builder.Services.AddSingleton(_ => new SessionCalls(relay.Get()));
        builder.Services.AddSingleton(_ => new AccountCalls(relay.Get()));
        builder.Services.AddSingleton(_ => new GroupCalls(relay.Get()));
        builder.Services.AddSingleton(_ => new MailboxCalls(relay.Get()));
        builder.Services.AddSingleton(_ => new HealthCalls(relay.Get(), time));
        var application = builder.Build();
        application.MapGrpcService<SessionCalls>();
        application.MapGrpcService<AccountCalls>();
        application.MapGrpcService<GroupCalls>();
        application.MapGrpcService<MailboxCalls>();
        application.MapGrpcService<HealthCalls>();
        return application;
    }
}
