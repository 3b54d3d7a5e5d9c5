using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>One relay a data directory, and a clean end when asked.</summary>
[Collection(RelayProcesses.Name)]
public sealed class LifecycleTests
{
    private static readonly TimeSpan s_stopMax = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_relay_on_one_data_directory_says_so_and_ends_as_in_use()
    {
        using var scratch = new Scratch();
        using var caller = new Caller(new SeededRandom(1));
        var data = scratch.Path("relay");
        await using var first = await RelayProcess.StartAsync(RelayProcess.Command(data), Cancelled);
        await caller.BeginAsync(first.Address, Cancelled);

        await using var second = RelayProcess.Launch(RelayProcess.Command(data));
        await second.WaitForExitAsync(Cancelled);

        Assert.Equal(16, second.ExitCode);
        Assert.Contains($"Another relay uses {data}", second.Errors, StringComparison.Ordinal);
        using var calls = await caller.OpenAsync(first.Address, Cancelled);
        await caller.PushOneAsync(calls, 0, Cancelled);
        await caller.CheckAsync(calls, Cancelled);
    }

    [Theory]
    [InlineData(null, 16)]
    [InlineData("203.0.113.1:7467", 1)]
    public async Task An_address_that_cannot_be_had_is_one_line_that_names_it(string? elsewhere, int code)
    {
        using var scratch = new Scratch();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = elsewhere ?? taken.LocalEndpoint.ToString()!;

        await using var relay = RelayProcess.Launch(
            [RelayProcess.Dotnet, RelayProcess.BuiltProgram, "run", "--listen", address, "--data", scratch.Path("relay"), "--tls", "self-signed"]);
        await relay.WaitForExitAsync(Cancelled);

        Assert.Equal(code, relay.ExitCode);
        Assert.Contains(address, Assert.Single(relay.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_ends_streams_with_a_fault_and_the_process_with_0()
    {
        using var scratch = new Scratch();
        using var caller = new Caller(new SeededRandom(2));
        var command = RelayProcess.Command(scratch.Path("relay"));
        await using (var relay = await RelayProcess.StartAsync(command, Cancelled))
        {
            await caller.BeginAsync(relay.Address, Cancelled);
            using var calls = await caller.OpenAsync(relay.Address, Cancelled);
            using var hints = calls.Watch(new WatchRequest(), Cancelled);
            Assert.True(await hints.ResponseStream.MoveNext(Cancelled));

            await relay.SignalAsync("TERM");
            var ended = await Assert.ThrowsAsync<RpcException>(() => DrainAsync(hints));
            await relay.WaitForExitAsync(Cancelled).WaitAsync(s_stopMax, Cancelled);

            Assert.Equal(FaultCode.StoreUnavailable, RelayCalls.FaultOf(ended)?.Code);
            Assert.Equal(0, relay.ExitCode);
        }

        await using var again = await RelayProcess.StartAsync(command, Cancelled);
        using var after = await caller.OpenAsync(again.Address, Cancelled);
        await caller.CheckAsync(after, Cancelled);
    }

    private static async Task DrainAsync(AsyncServerStreamingCall<WatchResponse> hints)
    {
        while (await hints.ResponseStream.MoveNext(Cancelled))
        {
        }
    }
}
