using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Vault.Client.Tests.Kit;
using Vault.Client.Transport;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Transport;

/// <summary>Answers below gRPC: what answers there is the relay's choice, and no client's end.</summary>
public sealed class RawAnswerTests
{
    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await RawServer.StartAsync(_ => Task.CompletedTask);
        await using var relay = await RawServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = $"{elsewhere.Address}{context.Request.Path}";
            return Task.CompletedTask;
        });
        using var connection = GrpcConnections.Open(RelayAddress.Parse(relay.Address), ConnectionUse.Calls);
        using var caller = new RelayCaller(connection, TimeProvider.System, TimeSpan.FromSeconds(20), prove: null);
        var failed = await Assert.ThrowsAsync<VaultException>(() => caller.ClockAsync(CancellationToken.None));
        Assert.True(failed.IsOffline);
        Assert.Single(relay.Asked);
        Assert.Empty(elsewhere.Asked);
    }

    [Theory]
    [InlineData("!", false)]
    [InlineData("!", true)]
    [InlineData("AAA", true)]
    [InlineData("////", false)]
    [InlineData("////", true)]
    public async Task A_trailer_that_cannot_be_read_is_no_defect_of_this_program(string trailer, bool afterHeaders)
    {
        await using var relay = await RawServer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            if (afterHeaders)
            {
                await context.Response.StartAsync();
                context.Response.AppendTrailer("grpc-status", "9");
                context.Response.AppendTrailer("vault-fault-bin", trailer);
            }
            else
            {
                context.Response.Headers["grpc-status"] = "9";
                context.Response.Headers["vault-fault-bin"] = trailer;
            }
        });
        using var connection = GrpcConnections.Open(RelayAddress.Parse(relay.Address), ConnectionUse.Calls);
        using var caller = new RelayCaller(connection, TimeProvider.System, TimeSpan.FromSeconds(20), prove: null);
        Assert.True((await Assert.ThrowsAsync<VaultException>(() => caller.ClockAsync(CancellationToken.None))).IsOffline);

        // On a stream it comes where the first message would.
        using var stream = new GroupService.GroupServiceClient(connection.Calls).Watch(new WatchRequest());
        var broken = await Assert.ThrowsAnyAsync<Exception>(() => stream.ResponseStream.MoveNext(default));
        Assert.True(broken is RpcException, $"{broken}");
        Assert.True(RelayCaller.Translate((RpcException)broken).IsOffline);
    }
}
