using System.Buffers.Binary;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vault.Protocol.V1;

namespace Vault.Demo;

/// <summary>
/// A way to the relay that does what iOS 26.4 did: every call passes, the watch stream stands, its beats flow, and the notifications on
/// it are gone. It reads HTTP/2 and the messages of that one stream, and passes all else on as it came.
/// </summary>
internal sealed class HintSieve : IAsyncDisposable
{
    private const string Watch = "/vault.v1.GroupService/Watch";

    private readonly WebApplication _application;
    private readonly HttpMessageInvoker _upstream = new(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true });
    private CancellationTokenSource _cut = new();
    private Uri? _relay;
    private int _dropped;

    private HintSieve(WebApplication application) => _application = application;

    /// <summary>Whether notifications are lost.</summary>
    public bool Drops { get; set; }

    /// <summary>How many notifications were lost so far.</summary>
    public int Dropped => _dropped;

    public string Address { get; private set; } = "";

    public int Port => new Uri(Address).Port;

    public static async Task<HintSieve> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var sieve = new HintSieve(builder.Build());
        sieve._application.Run(sieve.PassAsync);
        await sieve._application.StartAsync(cancellation);
        sieve.Address = sieve._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return sieve;
    }

    public void PassTo(Uri relay) => _relay = relay;

    /// <summary>Ends every watch stream, and any that is opened before <see cref="Heal"/>. Other calls pass.</summary>
    public void Cut() => _cut.Cancel();

    /// <summary>Streams pass again, with all that is on them.</summary>
    public void Heal()
    {
        Drops = false;
        Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        using (var now = new CancellationTokenSource(TimeSpan.Zero))
        {
            await _application.StopAsync(now.Token);
        }

        await _application.DisposeAsync();
        _upstream.Dispose();
        _cut.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var cut = context.Request.Path == Watch ? _cut.Token : CancellationToken.None;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, cut);
        try
        {
            using var request = Request(context.Request);
            using var response = await _upstream.SendAsync(request, ends.Token);
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            {
                context.Response.Headers.Append(name, values.ToArray());
            }

            await context.Response.StartAsync(ends.Token);
            await using var body = await response.Content.ReadAsStreamAsync(ends.Token);
            if (context.Request.Path == Watch)
            {
                await SieveAsync(body, context.Response.Body, ends.Token);
            }
            else
            {
                await body.CopyToAsync(context.Response.Body, ends.Token);
            }

            foreach (var (name, values) in response.TrailingHeaders)
            {
                context.Response.AppendTrailer(name, values.ToArray());
            }
        }
        catch (Exception ended) when (ended is HttpRequestException or IOException or OperationCanceledException)
        {
            // One side is gone, so the other goes too.
            context.Abort();
        }
    }

    private HttpRequestMessage Request(HttpRequest from)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_relay!, from.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StreamContent(from.Body),
        };
        foreach (var (name, values) in from.Headers.Where(header => !header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        return request;
    }

    // Messages lie in the body one after the other: a byte of flags, four of length, the message.
    private async Task SieveAsync(Stream body, Stream to, CancellationToken cancellation)
    {
        var prefix = new byte[5];
        while (await body.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellation) == prefix.Length)
        {
            var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
            await body.ReadExactlyAsync(message, cancellation);
            var hint = WatchResponse.Parser.ParseFrom(message);
            if (Drops && hint.Hello is null && hint.Beat is null)
            {
                Interlocked.Increment(ref _dropped);
                continue;
            }

            await to.WriteAsync(prefix, cancellation);
            await to.WriteAsync(message, cancellation);
            await to.FlushAsync(cancellation);
        }
    }
}
