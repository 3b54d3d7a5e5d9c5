using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Vault.Client.Transport;

/// <summary>
/// Where a relay is: <c>https://host[:port][#sha256/pin]</c>, or <c>http://</c> to this machine alone. The pin is the SHA-256
/// of the certificate's public key (SPKI) in base64url without padding; with one, no certificate authority is asked.
/// </summary>
public sealed record RelayAddress
{
    private const string PinPrefix = "#sha256/";

    private RelayAddress(Uri uri, byte[]? pin, string text)
    {
        Uri = uri;
        Pin = pin;
        Text = text;
    }

    /// <summary>Scheme, host and port.</summary>
    public Uri Uri { get; }

    /// <summary>SHA-256 of the SPKI, 32 bytes. Null: the system's certificate authorities judge.</summary>
    public byte[]? Pin { get; }

    /// <summary>The address as written, pin included: what an invite code carries.</summary>
    public string Text { get; }

    /// <summary>The name that proofs sign: host, with the port when it is not the scheme's own; lower case.</summary>
    public string RelayName =>
        Uri.IsDefaultPort
            ? Uri.Host.ToLowerInvariant()
            : string.Create(CultureInfo.InvariantCulture, $"{Uri.Host.ToLowerInvariant()}:{Uri.Port}");

    /// <summary>Reads an address; false when it is none, has a broken pin, or would send plaintext over a network.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RelayAddress? address)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        var at = text.IndexOf('#', StringComparison.Ordinal);
        var bare = at < 0 ? text : text[..at];
        byte[]? pin = null;
        if (at >= 0 && !TryParsePin(text[at..], out pin))
        {
            return false;
        }

        if (!Uri.TryCreate(bare, UriKind.Absolute, out var uri) || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || text.Length > 256)
        {
            return false;
        }

        var allowed = uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && pin is null && IsThisMachine(uri));
        address = allowed ? new RelayAddress(uri, pin, text) : null;
        return allowed;
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="VaultException">BadArgument, with what an address looks like.</exception>
    public static RelayAddress Parse(string text) => TryParse(text, out var address)
        ? address
        : throw VaultException.Refuse(
            ClientRefusal.BadArgument,
            "A relay is https://host:port, with #sha256/… behind it to pin a key; http:// goes to this machine only.");

    public bool Equals(RelayAddress? other) => other is not null && string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    public override string ToString() => Text;

    private static bool IsThisMachine(Uri uri) =>
        uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip));

    private static bool TryParsePin(string fragment, [NotNullWhen(true)] out byte[]? pin)
    {
        pin = null;
        if (!fragment.StartsWith(PinPrefix, StringComparison.Ordinal) || fragment.Length != PinPrefix.Length + 43)
        {
            return false;
        }

        var base64 = fragment[PinPrefix.Length..].Replace('-', '+').Replace('_', '/') + "=";
        var bytes = new byte[32];
        if (!Convert.TryFromBase64String(base64, bytes, out var written) || written != 32)
        {
            return false;
        }

        pin = bytes;
        return true;
    }
}
