using System.Net;
using System.Net.Sockets;
using System.Text;
using Vault.Server.Hosting;
using Vault.Server.Tests.Kit;

namespace Vault.Server.Tests.Hosting;

/// <summary>A peer that is gone without a word: the relay asks after 8 s, and lets go 4 s later.</summary>
public sealed class DeadLinkTests : IDisposable
{
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const int HeaderBytes = 9;

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task A_peer_that_answers_no_ping_loses_its_connection()
    {
        await using var host = await RelayHost.StartAsync(
            new ServerSettings
            {
                Host = "127.0.0.1",
                Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
                DataPath = Path.Combine(_directory.Path, "data"),
                Tls = TlsMode.Off,
            },
            TimeProvider.System,
            new SystemRandomSource(),
            CancellationToken.None);
        var began = TimeProvider.System.GetTimestamp();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(host.Address).Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        await stream.WriteAsync(new byte[] { 0, 0, 0, Settings, 0, 0, 0, 0, 0 });

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var pings = 0;
        while (await FrameAsync(stream, deadline.Token) is { } type)
        {
            pings += type == Ping ? 1 : 0;
        }

        Assert.NotEqual(0, pings);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(30));
    }

    public void Dispose() => _directory.Dispose();

    // The type of the next frame. Null: the connection is closed.
    private static async Task<byte?> FrameAsync(NetworkStream stream, CancellationToken cancellation)
    {
        try
        {
            var header = new byte[HeaderBytes];
            await stream.ReadExactlyAsync(header, cancellation);
            await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]], cancellation);
            return header[3];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
