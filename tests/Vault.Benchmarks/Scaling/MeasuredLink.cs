using System.Net.Sockets;
using Grpc.Net.Client;
using Vault.Client;
using Vault.Client.Transport;

namespace Vault.Benchmarks.Scaling;

/// <summary>A device's connections to a relay in plaintext, with their bytes counted; they can be cut, and kept from dialling again.</summary>
internal sealed class MeasuredLink
{
    private readonly Lock _lock = new();
    private readonly List<Socket> _open = [];
    private long _bytes;

    /// <summary>Bytes of both directions so far, HTTP/2 frames included.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Whether dialling is refused.</summary>
    public bool IsDown { get; set; }

    /// <summary>Production's seams over this link.</summary>
    public ClientSeams Seams => ClientSeams.Production() with { Connect = Connect };

    /// <summary>Ends every connection.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _open.ForEach(socket => socket.Dispose());
            _open.Clear();
        }
    }

    private RelayConnection Connect(RelayAddress address, ConnectionUse use)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = async (context, cancellation) =>
            {
                if (IsDown)
                {
                    throw new SocketException((int)SocketError.ConnectionRefused);
                }

                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                lock (_lock)
                {
                    _open.Add(socket);
                }

                return new CountedStream(new NetworkStream(socket, ownsSocket: true), count => Interlocked.Add(ref _bytes, count));
            },
        };
        var channel = GrpcChannel.ForAddress(address.Uri, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = 8 << 20,
            MaxSendMessageSize = 8 << 20,
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(250),
            MaxReconnectBackoff = TimeSpan.FromSeconds(2),
        });
        return new RelayConnection(channel.CreateCallInvoker(), channel.Dispose);
    }
}
