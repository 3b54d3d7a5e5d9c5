using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Servers;

/// <summary>
/// The floor of a hint: what a push holds is written to a file, synced, and handed to every open stream. No session, no rule, no
/// store, no tail; the contract's own messages, so that the same bytes travel.
/// </summary>
internal static class EchoServer
{
    public const string Name = "serve-echo";

    public static async Task<int> RunAsync(string dataPath, bool tls)
    {
        using var certificate = tls ? SelfSigned() : null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        builder.Services.AddGrpc();
        using var echo = new Echo(Path.Combine(dataPath, "echo"));
        builder.Services.AddSingleton(echo);
        await using var application = builder.Build();
        application.MapGrpcService<Echo>();
        await application.StartAsync();
        using var memory = new Compaction();
        var pin = certificate is null ? "" : "#sha256/" + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        await Console.Out.WriteLineAsync($"listening on {application.Urls.First()}{pin}");
        await application.WaitForShutdownAsync();
        return 0;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=floor", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class Echo(string path) : GroupService.GroupServiceBase, IDisposable
    {
        private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write);
        private readonly ConcurrentDictionary<Channel<CommitRecord>, bool> _streams = new();

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

            foreach (var (stream, _) in _streams)
            {
                stream.Writer.TryWrite(record);
            }

            return Task.FromResult(new PushResponse { Outcome = PushOutcome.Accepted });
        }

        public override async Task Watch(
            WatchRequest request, IServerStreamWriter<WatchResponse> responseStream, ServerCallContext context)
        {
            var records = Channel.CreateUnbounded<CommitRecord>();
            _streams.TryAdd(records, true);
            try
            {
                await responseStream.WriteAsync(new WatchResponse { Hello = new WatchHello() });
                while (await records.Reader.WaitToReadAsync(context.CancellationToken))
                {
                    while (records.Reader.TryRead(out var record))
                    {
                        await responseStream.WriteAsync(new WatchResponse { Commit = new WatchCommit { Record = record } });
                    }
                }
            }
            finally
            {
                _streams.TryRemove(records, out _);
            }
        }

        public void Dispose() => _file.Dispose();
    }
}
