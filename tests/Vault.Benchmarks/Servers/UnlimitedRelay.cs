using System.Net;
using Vault.Server.Engine;
using Vault.Server.Hosting;

namespace Vault.Benchmarks.Servers;

/// <summary>
/// The relay as it ships, but for what would otherwise be measured: rates of calls and commits, and how many sessions and streams
/// one device may have, because a thousand watchers here are one device's.
/// </summary>
internal static class UnlimitedRelay
{
    public const string Name = "serve-relay";

    private const int PerDevice = 20_000;

    public static async Task<int> RunAsync(string dataPath, bool tls)
    {
        var lifted = new Rate(1e9, 1e9);
        var settings = new ServerSettings
        {
            Host = "127.0.0.1",
            Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
            DataPath = dataPath,
            Tls = tls ? TlsMode.SelfSigned : TlsMode.Off,
            Limits = new RelayLimits
            {
                CallsPerSession = lifted,
                CommitsPerMember = lifted,
                NoncesPerPeer = lifted,
                Registrations = lifted,
                SessionsPerKey = PerDevice,
                WatchersPerDevice = PerDevice,
            },
        };
        await using var host = await RelayHost.StartAsync(settings, TimeProvider.System, new SystemRandomSource(), CancellationToken.None);
        using var memory = new Compaction();
        await Console.Out.WriteLineAsync($"listening on {host.Address}");
        await host.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }
}
