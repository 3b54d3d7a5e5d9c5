using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Vault.Client.Transport;

/// <summary>
/// gRPC over HTTP/2 in production. Keep-alive pings every 8 s, dead after 4 s without an answer, also while nothing is asked:
/// a dead link is noticed within 15 s. A pinned key is compared in fixed time and replaces the certificate authorities.
/// </summary>
public static class GrpcConnections
{
    // Above the relay's largest answer (a page of 2 MiB with its frames), below what a gzip bomb wants; never null.
    private const int MaxMessageBytes = 8 << 20;

    /// <summary>Opens a connection of its own; dialling happens at the first call.</summary>
    public static RelayConnection Open(RelayAddress address, ConnectionUse use)
    {
        ArgumentNullException.ThrowIfNull(address);
        var handler = new SocketsHttpHandler
        {
            KeepAlivePingDelay = TimeSpan.FromSeconds(8),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(4),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = false,
            UseProxy = false,

            // Only the address that a person gave is dialled, and nothing is told that would link one connection with another (attack: a
            // relay that sends devices, and what they post, elsewhere).
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = address.Pin is { } pin
            ? (_, certificate, _, _) => certificate is not null && IsPinned(certificate, pin) ? true : throw new PinMismatchException()
            : (_, _, _, errors) => errors == SslPolicyErrors.None ? true : throw new UntrustedCertificateException();

        var channel = GrpcChannel.ForAddress(address.Uri, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes,
            // The loop backs off by itself, with jitter; gRPC's own two minutes on top would keep a device offline beside a relay that is back.
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(250),
            MaxReconnectBackoff = TimeSpan.FromSeconds(2),
        });
        return new RelayConnection(channel.CreateCallInvoker(), channel.Dispose);
    }

    private static bool IsPinned(X509Certificate certificate, byte[] pin)
    {
        using var parsed = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var hash = SHA256.HashData(parsed.PublicKey.ExportSubjectPublicKeyInfo());
        return CryptographicOperations.FixedTimeEquals(hash, pin);
    }
}

/// <summary>The relay's key is not the pinned one. Becomes the fault BAD_PIN.</summary>
internal sealed class PinMismatchException() : Exception("The relay's key is not the pinned one.");

/// <summary>No pin was given, and no certificate authority that this machine trusts vouches for the relay. Becomes the fault BAD_PIN.</summary>
internal sealed class UntrustedCertificateException() : Exception(
    "No authority that this machine trusts vouches for the relay's certificate. "
    + "If the relay made it itself, give the address with the pin that the relay prints at its start: https://host:port#sha256/…");
