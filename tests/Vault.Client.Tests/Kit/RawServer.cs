using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Vault.Client.Tests.Kit;

/// <summary>Whatever answers at a relay's address: HTTP/2 on a free loopback port, below gRPC.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RawServer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>Paths that were asked for.</summary>
    public List<string> Asked { get; } = [];

    public static async Task<RawServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var server = new RawServer(builder.Build());
        server._app.Run(context =>
        {
            lock (server.Asked)
            {
                server.Asked.Add(context.Request.Path);
            }

            return answer(context);
        });
        await server._app.StartAsync();
        server.Address = server._app.Urls.First();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
