using System.Net;
using System.Net.Sockets;

namespace Vault.EndToEnd.Tests.RelayDriver;

/// <summary>
/// Ports for relays that are started more than once. Nobody else takes one while its relay is down: they lie below those that the
/// system hands out for the asking (32,768 and up, ip(7)), and no two callers here get the same.
/// </summary>
public static class Ports
{
    private const int First = 20_000;
    private const int Count = 12_000;

    // Another run at the same time starts elsewhere.
    private static int s_next = Environment.ProcessId;

    /// <summary>A port of the loopback on which nobody listens.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref s_next) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one, then.
            }
        }
    }
}
