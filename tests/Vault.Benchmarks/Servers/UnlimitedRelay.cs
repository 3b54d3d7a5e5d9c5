using System.Net;
using Vault.Server.Engine;
using Vault.Server.Hosting;

namespace Vault.Benchmarks.Servers;

/// <summary>
/// The relay as it ships, but for two rates: <c>RelayLimits.CallsPerSession</c> and <c>RelayLimits.CommitsPerMember</c> are
/// lifted, for otherwise they would be what is measured.
/// </summary>
internal static class UnlimitedRelay
{
    public const string Name = "serve-relay";

    public static async Task<int> RunAsync(string dataPath)
    {
        var lifted = new Rate(1e9, 1e9);
        var settings = new ServerSettings
        {
            Host = "127.0.0.1",
            Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
            DataPath = dataPath,
            Limits = new RelayLimits { CallsPerSession = lifted, CommitsPerMember = lifted },
        };
        await using var host = await RelayHost.StartAsync(settings, TimeProvider.System, new SystemRandomSource(), CancellationToken.None);
        await Console.Out.WriteLineAsync($"listening on {host.Address}");
        await host.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }
}
