using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Vault.EndToEnd.Tests.RelayDriver;

/// <summary>A gRPC channel of its own to a relay's address: in plaintext, or over TLS with the pin that stands behind the address.</summary>
public static class RelayChannel
{
    private const string Pin = "#sha256/";

    public static GrpcChannel Open(Uri address)
    {
        if (!address.Fragment.StartsWith(Pin, StringComparison.Ordinal))
        {
            return GrpcChannel.ForAddress(address);
        }

        var pin = address.Fragment[Pin.Length..];
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && IsPinned(certificate, pin);
        return GrpcChannel.ForAddress(address.GetLeftPart(UriPartial.Authority), new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }

    // Written in hexadecimal or in base64, as whoever printed it does.
    private static bool IsPinned(X509Certificate certificate, string pin)
    {
        using var parsed = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var hash = SHA256.HashData(parsed.PublicKey.ExportSubjectPublicKeyInfo());
        return pin == Convert.ToHexStringLower(hash) || pin == System.Buffers.Text.Base64Url.EncodeToString(hash);
    }
}
