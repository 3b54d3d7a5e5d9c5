using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Services;
using Vault.Client;
using Vault.Ipc;

namespace Vault.Agent.Hosting;

/// <summary>
/// Kestrel on the unix socket and nothing else. Built empty: no configuration file or variable can add an address, a
/// middleware or a log sink.
/// </summary>
internal static class AgentHost
{
    public static WebApplication Build(VaultPaths paths, AgentSocket socket, AgentIdentity identity, Ending ending, TimeProvider time, ClientSeams seams)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "svault-agent" });
        builder.Logging.AddSimpleConsole(console => console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ");
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.SimpleConsoleFormatterOptions>(
            console => console.UseUtcTimestamp = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Vault", LogLevel.Information);

        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = socket.Bind);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AgentContract.RequestBytesMax;
            kestrel.Limits.MaxConcurrentConnections = 256;
            kestrel.ListenUnixSocket(paths.Socket, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(kestrel.ApplicationServices.GetRequiredService<PeerCheck>().Wrap);
            });
        });

        builder.Services.AddSingleton(paths);
        builder.Services.AddSingleton(identity);
        builder.Services.AddSingleton(ending);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<PeerCheck>();
        builder.Services.AddSingleton<ErrorInterceptor>();
        builder.Services.AddSingleton<ContractInterceptor>();
        builder.Services.AddSingleton<AutoLock>();
        builder.Services.AddSingleton<OneAtATime>();
        builder.Services.AddSingleton(new AgentClient(paths, seams));
        builder.Services.AddSingleton<AgentGrpcService>();
        builder.Services.AddSingleton<AccountGrpcService>();
        builder.Services.AddSingleton<GroupGrpcService>();
        builder.Services.AddSingleton<ItemGrpcService>();
        builder.Services.AddSingleton<MemberGrpcService>();
        builder.Services.AddSingleton<OutboxGrpcService>();
        builder.Services.AddSingleton<ConflictGrpcService>();
        builder.Services.AddSingleton<ForkGrpcService>();
        builder.Services.AddSingleton<SyncGrpcService>();
        builder.Services.AddSingleton<DoctorGrpcService>();
        builder.Services.AddGrpc(Configure);

        var host = builder.Build();
        host.MapGrpcService<AgentGrpcService>();
        host.MapGrpcService<AccountGrpcService>();
        host.MapGrpcService<GroupGrpcService>();
        host.MapGrpcService<ItemGrpcService>();
        host.MapGrpcService<MemberGrpcService>();
        host.MapGrpcService<OutboxGrpcService>();
        host.MapGrpcService<ConflictGrpcService>();
        host.MapGrpcService<ForkGrpcService>();
        host.MapGrpcService<SyncGrpcService>();
        host.MapGrpcService<DoctorGrpcService>();
        return host;
    }

    private static void Configure(GrpcServiceOptions grpc)
    {
        grpc.MaxReceiveMessageSize = AgentContract.RequestBytesMax;
        grpc.MaxSendMessageSize = AgentContract.ResponseBytesMax;
        grpc.Interceptors.Add<ErrorInterceptor>();
        grpc.Interceptors.Add<ContractInterceptor>();
    }
}
