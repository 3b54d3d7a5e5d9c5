using System.Net;
using System.Net.Sockets;
using Vault.Agent.Process;
using Vault.Ipc;

namespace Vault.Agent.Hosting;

/// <summary>The socket the agent listens on: bound here, or taken over from the image before.</summary>
internal sealed class AgentSocket(VaultPaths paths, Socket? inherited)
{
    private const uint OwnerReadsAndWrites = 0b001_111_111;

    private Socket? _socket = inherited;

    /// <summary>The listening socket, for the next image. Only after the host started.</summary>
    public Socket Listening => _socket ?? throw new InvalidOperationException("The host has not bound the socket yet.");

    /// <summary>For Kestrel. Only the holder of the profile's lock may call it: a file that is there is a dead agent's.</summary>
    public Socket Bind(EndPoint endpoint)
    {
        if (_socket is not null)
        {
            return _socket;
        }

        File.Delete(paths.Socket);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        // The mode is there from the first moment; changing it after the bind would leave one in which others could connect.
        var mask = LibC.umask(OwnerReadsAndWrites);
        try
        {
            socket.Bind(endpoint);
        }
        finally
        {
            _ = LibC.umask(mask);
        }

        return _socket = socket;
    }

    /// <summary>After a stop: nobody listens any more.</summary>
    public void Remove() => File.Delete(paths.Socket);
}
