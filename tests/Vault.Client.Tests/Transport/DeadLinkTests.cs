using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Vault.Client.Transport;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Transport;

/// <summary>A relay that is gone without a word: the connection asks after 8 s, and gives up 4 s later, though nobody asked anything.</summary>
public sealed class DeadLinkTests
{
    private const byte Settings = 4;

    [Fact]
    public async Task A_relay_that_answers_no_ping_is_noticed_within_fifteen_seconds()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = RelayAddress.Parse($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        using var connection = GrpcConnections.Open(address, ConnectionUse.Watch);
        using var stream = new GroupService.GroupServiceClient(connection.Calls).Watch(new WatchRequest());
        var reading = stream.ResponseStream.MoveNext(default);
        using var taken = await silent.AcceptTcpClientAsync();
        // It says that it speaks HTTP/2, and nothing from then on.
        await taken.GetStream().WriteAsync(new byte[] { 0, 0, 0, Settings, 0, 0, 0, 0, 0 });
        var since = TimeProvider.System.GetTimestamp();
        var broken = await Assert.ThrowsAsync<RpcException>(() => reading).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("the connection broke", RelayCaller.Translate(broken).Message, StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(since), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(15));
    }
}
