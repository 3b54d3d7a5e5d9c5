using Grpc.Core;
using Grpc.Net.Client;
using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Latency;

/// <summary>A finished message, pushed, synced and streamed by the echo server: what loopback gRPC and one fsync cost.</summary>
internal sealed class EchoFloor : IAsyncDisposable
{
    private readonly RelayProcess _server;
    private readonly GrpcChannel _writer;
    private readonly GrpcChannel _reader;
    private readonly AsyncServerStreamingCall<WatchResponse> _hints;
    private readonly PushRequest _message;

    private EchoFloor(RelayProcess server, PushRequest message)
    {
        _server = server;
        _message = message;
        _writer = GrpcChannel.ForAddress(server.Address);
        _reader = GrpcChannel.ForAddress(server.Address);
        _hints = new GroupService.GroupServiceClient(_reader).Watch(new WatchRequest());
    }

    public static async Task<EchoFloor> StartAsync(string dataPath, PushRequest message, CancellationToken cancellationToken)
    {
        var floor = new EchoFloor(await ServerProcess.StartAsync(EchoServer.Name, dataPath, cancellationToken), message);
        await floor._hints.NextAsync(hint => hint.Hello is not null, cancellationToken);
        return floor;
    }

    /// <summary>Seconds from push to hint.</summary>
    public Task<double> ClockAsync(Rounds rounds, CancellationToken cancellationToken)
    {
        var groups = new GroupService.GroupServiceClient(_writer);
        return rounds.ClockAsync(async () =>
        {
            var pushed = groups.PushAsync(_message, cancellationToken: cancellationToken).ResponseAsync;
            await _hints.NextAsync(hint => hint.Commit is not null, cancellationToken);
            return pushed;
        });
    }

    public async ValueTask DisposeAsync()
    {
        _hints.Dispose();
        _reader.Dispose();
        _writer.Dispose();
        await _server.DisposeAsync();
    }
}
