using System.Reflection;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.Benchmarks.Servers;

/// <summary>This program once more, as one of its servers: product and floor both answer from a process of their own.</summary>
internal static class ServerProcess
{
    private const string Tls = "tls";

    public static Task<RelayProcess> StartAsync(string server, string dataPath, CancellationToken cancellationToken, bool tls = false) =>
        RelayProcess.StartAsync(
            [RelayProcess.Dotnet, Assembly.GetExecutingAssembly().Location, server, dataPath, .. tls ? [Tls] : Array.Empty<string>()], cancellationToken);

    /// <summary>Runs the server that was asked for; null when the arguments ask for none.</summary>
    public static async Task<int?> TryRunAsync(string[] args) => args switch
    {
        [UnlimitedRelay.Name, var path, .. var rest] => await UnlimitedRelay.RunAsync(path, rest is [Tls]),
        [EchoServer.Name, var path, .. var rest] => await EchoServer.RunAsync(path, rest is [Tls]),
        _ => null,
    };
}
