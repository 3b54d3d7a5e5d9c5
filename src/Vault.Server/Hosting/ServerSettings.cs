using System.Net;
using Vault.Server.Engine;

namespace Vault.Server.Hosting;

/// <summary>How connections are protected.</summary>
public enum TlsMode
{
    /// <summary>With the operator's certificate.</summary>
    Given,

    /// <summary>With a certificate made at first start, whose key clients pin.</summary>
    SelfSigned,

    /// <summary>Not at all: loopback only.</summary>
    Off,
}

/// <summary>What the command line decides.</summary>
public sealed record ServerSettings
{
    public const int DefaultPort = 7467;

    /// <summary>Host as given: an address or a name to show; what is bound is <see cref="Endpoint"/>.</summary>
    public required string Host { get; init; }

    public required IPEndPoint Endpoint { get; init; }

    public required string DataPath { get; init; }

    public TlsMode Tls { get; init; } = TlsMode.Off;

    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>Further names under which clients dial, as the operator says them.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public Registration Registration { get; init; } = Registration.Open;

    /// <summary>Empty with <see cref="Engine.Registration.Code"/>: one is made and kept in the data directory.</summary>
    public string RegistrationCode { get; init; } = "";

    /// <summary>Whether the relay starts in its recovery window, whatever the data directory says of one.</summary>
    public bool RecoveryWindow { get; init; }

    public RelayLimits Limits { get; init; } = new();

    /// <summary>Where <c>/metrics</c> listens, in plaintext and open to whoever reaches it. Null: nowhere.</summary>
    public IPEndPoint? MetricsEndpoint { get; init; }

    /// <summary>Whether the address can be reached from this machine only.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Endpoint.Address);

    /// <summary>The names that proofs may give, once the port is known.</summary>
    public IReadOnlyList<string> RelayNames(int port)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in Names)
        {
            names.Add(name.ToLowerInvariant());
        }

        var own = IsLoopback ? ["127.0.0.1", "localhost", "[::1]"] : new[] { HostName() };
        foreach (var host in own)
        {
            names.Add($"{host}:{port}".ToLowerInvariant());
            // The scheme's own port is not part of the name as dialled.
            if (port == (Tls == TlsMode.Off ? 80 : 443))
            {
                names.Add(host.ToLowerInvariant());
            }
        }

        return [.. names];
    }

    /// <summary>The host as it stands in an address.</summary>
    public string HostName() => IPAddress.TryParse(Host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        ? $"[{address}]"
        : Host;
}
