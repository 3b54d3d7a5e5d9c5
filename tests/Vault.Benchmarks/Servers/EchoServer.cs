using System.Net;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Servers;

/// <summary>
/// The floor of a hint: what a push holds is written to a file, synced, and handed to the streams. No session, no rule, no
/// store, no tail; the contract's own messages, so that the same bytes travel.
/// </summary>
internal static class EchoServer
{
    public const string Name = "serve-echo";

    public static async Task<int> RunAsync(string dataPath)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        using var echo = new Echo(Path.Combine(dataPath, "echo"));
        builder.Services.AddSingleton(echo);
        await using var application = builder.Build();
        application.MapGrpcService<Echo>();
        await application.StartAsync();
        await Console.Out.WriteLineAsync($"listening on {application.Urls.First()}");
        await application.WaitForShutdownAsync();
        return 0;
    }

    private sealed class Echo(string path) : GroupService.GroupServiceBase, IDisposable
    {
        private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write);
        private readonly Channel<CommitRecord> _records = Channel.CreateUnbounded<CommitRecord>();

        public override Task<PushResponse> Push(PushRequest request, ServerCallContext context)
        {
            var record = new CommitRecord { Commit = request.Commits[0] };
            record.Blobs.Add(request.Blobs);
            lock (_file)
            {
                _file.Write(request.Commits[0].Body.Span);
                _file.Write(request.Blobs[0].Content.Span);
                _file.Flush(flushToDisk: true);
            }

            _records.Writer.TryWrite(record);
            return Task.FromResult(new PushResponse { Outcome = PushOutcome.Accepted });
        }

        public override async Task Watch(
            WatchRequest request, IServerStreamWriter<WatchResponse> responseStream, ServerCallContext context)
        {
            await responseStream.WriteAsync(new WatchResponse { Hello = new WatchHello() });
            while (await _records.Reader.WaitToReadAsync(context.CancellationToken))
            {
                while (_records.Reader.TryRead(out var record))
                {
                    await responseStream.WriteAsync(new WatchResponse { Commit = new WatchCommit { Record = record } });
                }
            }
        }

        public void Dispose() => _file.Dispose();
    }
}
