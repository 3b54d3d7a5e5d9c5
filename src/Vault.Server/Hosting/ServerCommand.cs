using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Vault.Server.Engine;
using Vault.Server.Stores;

namespace Vault.Server.Hosting;

/// <summary>The command line: <c>svault-server</c> alone runs on loopback with no configuration.</summary>
public static class ServerCommand
{
    // Design, section 4: superseded blobs go after 30 days at the earliest.
    private const int LeastDaysKept = 30;
    private const int MostDaysKept = 3_650;

    /// <summary>The command with its options.</summary>
    public static RootCommand Create()
    {
        var listen = new Option<string>("--listen")
        {
            Description = "Address and port; port 0 takes a free one.",
            DefaultValueFactory = _ => $"127.0.0.1:{ServerSettings.DefaultPort}",
        };
        var data = new Option<string?>("--data") { Description = "Data directory. Default: the state directory, svault/relay." };
        var cert = new Option<string?>("--cert") { Description = "TLS certificate with its chain, PEM." };
        var key = new Option<string?>("--key") { Description = "Private key of the certificate, PEM." };
        var tls = new Option<string?>("--tls") { Description = "self-signed, or off (loopback only). Default: off on loopback, else self-signed." };
        tls.AcceptOnlyFromAmong("self-signed", "off");
        var name = new Option<string[]>("--name")
        {
            Description = "A name under which clients dial: host, or host:port. May be given again.",
            AllowMultipleArgumentsPerToken = false,
            DefaultValueFactory = _ => [],
        };
        var registration = new Option<string>("--registration") { Description = "open, code or closed.", DefaultValueFactory = _ => "open" };
        registration.AcceptOnlyFromAmong("open", "code", "closed");
        var window = new Option<bool>("--recovery-window") { Description = "Take back what was lost, and nothing new, until window close, or the next start without this." };
        var metrics = new Option<string?>("--metrics")
        {
            Description = "Address and port of /metrics for Prometheus, in plaintext and open to whoever reaches it. Default: none.",
        };
        var keep = new Option<int>("--keep-superseded")
        {
            Description = $"How many days values that were replaced or deleted are kept, {LeastDaysKept} at least.",
            DefaultValueFactory = _ => LeastDaysKept,
        };
        Option[] options = [listen, data, cert, key, tls, name, registration, window, metrics, keep];

        var run = new Command("run", "Runs the relay until it is asked to stop.");
        var root = new RootCommand("The Vault relay: stores and forwards what it cannot read.");
        root.Subcommands.Add(run);
        foreach (var command in new MaintenanceCommands(TimeProvider.System).All())
        {
            root.Subcommands.Add(command);
        }

        foreach (var option in options)
        {
            run.Options.Add(option);
        }

        run.SetAction((parsed, token) => RunAsync(
            Settings(
                parsed.GetRequiredValue(listen), parsed.GetValue(data), parsed.GetValue(cert), parsed.GetValue(key), parsed.GetValue(tls),
                parsed.GetValue(name) ?? [], parsed.GetRequiredValue(registration), parsed.GetValue(window), parsed.GetValue(metrics),
                parsed.GetRequiredValue(keep)),
            token));
        root.SetAction((_, token) => RunAsync(
            Settings($"127.0.0.1:{ServerSettings.DefaultPort}", null, null, null, null, [], "open", false, null, LeastDaysKept), token));
        return root;
    }

    private static (ServerSettings? Settings, string Problem) Settings(
        string listen, string? data, string? cert, string? key, string? tls, string[] names, string registration, bool window, string? metrics,
        int daysKept)
    {
        if (daysKept is < LeastDaysKept or > MostDaysKept)
        {
            return (null, $"--keep-superseded {daysKept}: {LeastDaysKept} to {MostDaysKept} days. Devices that were away that long still find what was replaced.");
        }

        if (!ListenAddress.TryParse(listen, out var host, out var endpoint))
        {
            return (null, $"--listen {listen}: an address and a port are needed, such as 127.0.0.1:7467 or [::]:443.");
        }

        IPEndPoint? metricsEndpoint = null;
        if (metrics is not null && !ListenAddress.TryParse(metrics, out _, out metricsEndpoint))
        {
            return (null, $"--metrics {metrics}: an address and a port are needed, such as 127.0.0.1:9467.");
        }

        if (metricsEndpoint is { Port: not 0 } && metricsEndpoint.Port == endpoint.Port)
        {
            return (null, "--metrics and --listen need ports of their own.");
        }

        if (cert is null != key is null)
        {
            return (null, "--cert and --key belong together.");
        }

        if (cert is not null && tls is not null)
        {
            return (null, "--tls and --cert exclude each other.");
        }

        var settings = new ServerSettings
        {
            Host = host,
            Endpoint = endpoint,
            DataPath = data ?? DataDirectory.DefaultPath(),
            CertificateFile = cert,
            KeyFile = key,
            Names = names,
            Registration = Enum.Parse<Registration>(registration, ignoreCase: true),
            RecoveryWindow = window,
            MetricsEndpoint = metricsEndpoint,
            Limits = new RelayLimits { SupersededLifetime = TimeSpan.FromDays(daysKept) },
        };
        settings = settings with
        {
            Tls = (cert, tls) switch
            {
                (not null, _) => TlsMode.Given,
                (_, "self-signed") => TlsMode.SelfSigned,
                (_, "off") => TlsMode.Off,
                _ => settings.IsLoopback ? TlsMode.Off : TlsMode.SelfSigned,
            },
        };
        return settings is { Tls: TlsMode.Off, IsLoopback: false }
            ? (null, $"Plaintext is for loopback only, and {listen} can be reached from elsewhere. Use --tls self-signed, or --cert and --key.")
            : (settings, "");
    }

    private static async Task<int> RunAsync((ServerSettings? Settings, string Problem) checkedSettings, CancellationToken cancellationToken)
    {
        if (checkedSettings.Settings is not { } settings)
        {
            await Console.Error.WriteLineAsync(checkedSettings.Problem);
            return ExitCodes.Misused;
        }

        try
        {
            await using var host = await RelayHost.StartAsync(settings, TimeProvider.System, new SystemRandomSource(), cancellationToken);
            await Console.Out.WriteLineAsync($"listening on {host.Address}");
            await Console.Out.FlushAsync(cancellationToken);
            if (host.MetricsAddress is { } metrics)
            {
                await Console.Error.WriteLineAsync($"metrics on {metrics}");
            }

            await host.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{e.Message} Stop what listens there, or give another address: --listen, or --metrics for metrics.");
            return ExitCodes.Busy;
        }
        catch (SocketException e)
        {
            // Not this machine's address, or a port that this user may not take.
            var addresses = settings.MetricsEndpoint is { } metrics ? $"{settings.Endpoint} and {metrics}" : $"{settings.Endpoint}";
            await Console.Error.WriteLineAsync($"The relay cannot listen on {addresses}: {e.Message}");
            return ExitCodes.Failed;
        }
        catch (StoreUnavailableException e) when (e.IsTaken)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Busy;
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or CryptographicException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }
}
