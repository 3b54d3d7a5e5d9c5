using System.Net;

namespace Vault.Server.Hosting;

/// <summary>Reads <c>host:port</c>, where host is an address, <c>localhost</c> or <c>*</c>.</summary>
internal static class ListenAddress
{
    public static bool TryParse(string text, out string host, out IPEndPoint endpoint)
    {
        host = "";
        endpoint = new IPEndPoint(IPAddress.Loopback, 0);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port))
        {
            return false;
        }

        host = text[..colon].Trim('[', ']');
        var address = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.IPv6Any,
            _ => IPAddress.TryParse(host, out var parsed) ? parsed : null,
        };
        if (address is null)
        {
            return false;
        }

        endpoint = new IPEndPoint(address, port);
        return true;
    }
}
