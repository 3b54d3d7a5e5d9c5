using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>
/// A disk with no room for another page, made by a limit on the size of the relay's files: every write beyond it fails with
/// an error from the kernel, as on a full disk, and needs neither root nor a file system of its own.
/// </summary>
[Collection(RelayProcesses.Name)]
public sealed class FullDiskTests
{
    private const int RoomBytes = 200_000;
    private const int NotesBytes = 60_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_refuses_writes_by_name_loses_nothing_and_is_over_when_there_is_room()
    {
        using var scratch = new Scratch();
        using var caller = new Caller(new SeededRandom(3));
        var data = scratch.Path("relay");
        await using (var relay = await RelayProcess.StartAsync(Survivor(RelayProcess.Command(data)), Cancelled))
        {
            await caller.BeginAsync(relay.Address, Cancelled);
            using var calls = await caller.OpenAsync(relay.Address, Cancelled);
            await caller.PushOneAsync(calls, NotesBytes, Cancelled);
            await LimitAsync(relay, Directory.GetFiles(data).Max(file => new FileInfo(file).Length) + RoomBytes);

            var refused = await Assert.ThrowsAsync<RpcException>(() => FillAsync(caller, calls));

            Assert.Equal(FaultCode.StoreUnavailable, RelayCalls.FaultOf(refused)?.Code);
            Assert.Contains("disk", refused.Status.Detail, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(StatusCode.Unavailable, refused.StatusCode);

            // Reads go on, and show what was acknowledged and nothing else.
            var held = await calls.PullAllAsync(caller.Made[0].Group.ToByteString(), Cancelled);
            Assert.Equal(caller.Made.Take(caller.Acknowledged).Select(commit => commit.Entry), held);

            // Room again: the same bytes are taken by the same process.
            await LimitAsync(relay, null);
            await caller.CheckAsync(calls, Cancelled);
            Assert.Equal(caller.Made.Count, caller.Acknowledged);
            await relay.SignalAsync("TERM");
            await relay.WaitForExitAsync(Cancelled);
            Assert.Equal(0, relay.ExitCode);
        }

        await using var again = await RelayProcess.StartAsync(RelayProcess.Command(data), Cancelled);
        using var after = await caller.OpenAsync(again.Address, Cancelled);
        await caller.CheckAsync(after, Cancelled);
        await caller.PushOneAsync(after, NotesBytes, Cancelled);
    }

    [Fact]
    public async Task A_relay_killed_on_a_full_disk_goes_on_when_there_is_room()
    {
        using var scratch = new Scratch();
        using var caller = new Caller(new SeededRandom(4));
        var data = scratch.Path("relay");
        await using (var relay = await RelayProcess.StartAsync(Survivor(RelayProcess.Command(data)), Cancelled))
        {
            await caller.BeginAsync(relay.Address, Cancelled);
            using var calls = await caller.OpenAsync(relay.Address, Cancelled);
            await LimitAsync(relay, Directory.GetFiles(data).Max(file => new FileInfo(file).Length) + RoomBytes);
            await Assert.ThrowsAsync<RpcException>(() => FillAsync(caller, calls));
            await relay.KillAsync();
        }

        await using var again = await RelayProcess.StartAsync(RelayProcess.Command(data), Cancelled);
        using var after = await caller.OpenAsync(again.Address, Cancelled);
        await caller.CheckAsync(after, Cancelled);
        Assert.Equal(caller.Made.Count, caller.Acknowledged);
    }

    // The kernel also sends a signal at the limit, which ends a process that does not ignore it. A full disk sends none.
    private static string[] Survivor(IReadOnlyList<string> command) =>
        ["/bin/sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh", .. command];

    private static async Task FillAsync(Caller caller, RelayCalls calls)
    {
        for (var i = 0; i < 2 + (2 * RoomBytes / NotesBytes); i++)
        {
            await caller.PushOneAsync(calls, NotesBytes, Cancelled);
        }
    }

    private static async Task LimitAsync(RelayProcess relay, long? bytes)
    {
        var limit = bytes?.ToString(CultureInfo.InvariantCulture) ?? "unlimited";
        using var prlimit = Process.Start("prlimit", [$"--pid={relay.Id}", $"--fsize={limit}:"]);
        await prlimit.WaitForExitAsync(Cancelled);
        Assert.Equal(0, prlimit.ExitCode);
    }
}
