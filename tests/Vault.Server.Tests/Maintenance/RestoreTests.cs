using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Hosting;
using Vault.Server.Services;
using Vault.Server.Stores;
using Vault.Server.Tests.Hosting;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayFiles;

namespace Vault.Server.Tests.Maintenance;

/// <summary>A restored relay takes back what it lost before it takes anything new.</summary>
public sealed class RestoreTests : IDisposable
{
    // What a failure waits at most for a relay to look at its window file, which it does each second.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly RelayFiles _files = new();

    private string Copy => _files.Of("copy.db");

    [Fact]
    public async Task The_first_start_after_a_restore_takes_suffixes_only_until_the_window_is_closed()
    {
        var (owner, circle, lost) = BackUpThenWrite();
        Expect(0, "restore", "--data", _files.Data, "--from", Copy, "--force", "--window", "closed");
        Assert.Contains("open until: svault-server window close", Expect(0, "window", "show", "--data", _files.Data), StringComparison.Ordinal);

        // A window that ended with the process would let in at the second start what it kept out at the first.
        await WithRelayAsync(owner, async (groups, headers) =>
            Assert.Equal(FaultCode.RecoveryWindow, await FaultAsync(() => groups.PushAsync(lost[0], headers).ResponseAsync)));
        await WithRelayAsync(owner, async (groups, headers) =>
        {
            Assert.Equal(FaultCode.RecoveryWindow, await FaultAsync(() => groups.PushAsync(lost[0], headers).ResponseAsync));
            foreach (var push in lost)
            {
                var suffix = new PushSuffixRequest { Group = push.Group, Commits = { push.Commits }, Blobs = { push.Blobs } };
                Assert.Equal(PushOutcome.Accepted, (await groups.PushSuffixAsync(suffix, headers)).Outcome);
            }

            var next = circle.Put(owner);
            Assert.Equal(FaultCode.RecoveryWindow, await FaultAsync(() => groups.PushAsync(next, headers).ResponseAsync));
            Expect(0, "window", "close", "--data", _files.Data);
            await AcceptedAsync(() => groups.PushAsync(next, headers).ResponseAsync);
        });
        _files.Check();
    }

    [Fact]
    public async Task A_window_with_an_end_closes_by_itself()
    {
        var (owner, _, lost) = BackUpThenWrite();
        Expect(0, "restore", "--data", _files.Data, "--from", Copy, "--force", "--window", "3s");
        Assert.Contains("open until 20", Expect(0, "window", "show", "--data", _files.Data), StringComparison.Ordinal);
        await WithRelayAsync(owner, (groups, headers) => AcceptedAsync(() => groups.PushAsync(lost[0], headers).ResponseAsync));
        Assert.Contains("is closed", Expect(0, "window", "show", "--data", _files.Data), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_file_that_says_nothing_keeps_the_relay_from_starting()
    {
        BackUpThenWrite();
        await File.WriteAllTextAsync(Path.Combine(_files.Data, "recovery-window"), "maybe", TestContext.Current.CancellationToken);
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(StartAsync);
        Assert.Contains("does not say when the window ends", e.Message, StringComparison.Ordinal);
        Expect(0, "window", "close", "--data", _files.Data);
        await (await StartAsync()).DisposeAsync();
    }

    [Fact]
    public void A_running_relay_hears_of_a_window_that_is_opened_moved_and_closed()
    {
        var time = new ManualTime();
        var window = new RecoveryWindow(always: false, time);
        var keeper = new WindowKeeper(_files.Data, window, time, NullLogger<WindowKeeper>.Instance);
        keeper.Start();
        Assert.False(window.IsOpen);
        RecoveryWindowFile.Write(_files.Data, time.GetUtcNow().AddHours(1));
        keeper.Look();
        Assert.True(window.IsOpen);
        RecoveryWindowFile.Write(_files.Data, time.GetUtcNow().AddHours(2));
        keeper.Look();
        time.Advance(time.GetUtcNow().AddMinutes(90));
        Assert.True(window.IsOpen);
        time.Advance(time.GetUtcNow().AddMinutes(30));
        Assert.False(window.IsOpen);
        keeper.Look();
        Assert.Null(RecoveryWindowFile.Read(_files.Data));
        RecoveryWindowFile.Write(_files.Data, until: null);
        keeper.Look();
        Assert.True(window.IsOpen);
        Assert.True(RecoveryWindowFile.Remove(_files.Data));
        keeper.Look();
        Assert.False(window.IsOpen);
    }

    [Fact]
    public void A_database_that_is_there_is_replaced_only_by_force_and_kept_with_its_log()
    {
        var (_, circle, lost) = BackUpThenWrite(killed: true);
        Assert.True(new FileInfo(_files.Database + "-wal").Length > 0);
        var arrived = circle.Commits.Count - lost.Count;
        Assert.Contains("With --force", Expect(8, "restore", "--data", _files.Data, "--from", Copy), StringComparison.Ordinal);
        Expect(0, "restore", "--data", _files.Data, "--from", Copy, "--force");
        Assert.True(IsPrivate(_files.Database));
        Assert.Contains($"1 groups with {arrived} commits", _files.Check(), StringComparison.Ordinal);
        var kept = Assert.Single(Directory.GetFiles(_files.Data, "replaced-*"));
        Assert.Contains($"1 groups with {circle.Commits.Count} commits", Expect(0, "check", "--file", kept), StringComparison.Ordinal);
    }

    [Fact]
    public void Over_a_database_that_is_none_any_more_a_restore_keeps_it_and_replays_no_log()
    {
        var (_, circle, lost) = BackUpThenWrite(killed: true);
        var noise = new SeededRandom(5).Bytes(9_000);
        File.WriteAllBytes(_files.Database, noise);
        File.WriteAllBytes(_files.Database + "-wal", new SeededRandom(6).Bytes(9_000));
        Expect(0, "restore", "--data", _files.Data, "--from", Copy, "--force");
        Assert.Contains($"1 groups with {circle.Commits.Count - lost.Count} commits", _files.Check(), StringComparison.Ordinal);
        Assert.Equal(noise, File.ReadAllBytes(Assert.Single(Directory.GetFiles(_files.Data, "replaced-*"))));
    }

    [Fact]
    public void An_empty_directory_is_restored_into()
    {
        BackUpThenWrite();
        var elsewhere = _files.Of("elsewhere");
        Expect(0, "restore", "--data", elsewhere, "--from", Copy);
        Expect(0, "check", "--data", elsewhere);
        Assert.Contains("open until 20", Expect(0, "window", "show", "--data", elsewhere), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_that_a_start_opened_is_shown_and_closed_like_any_other_and_ends_with_the_process()
    {
        var (owner, _, lost) = BackUpThenWrite();
        Expect(0, "restore", "--data", _files.Data, "--from", Copy, "--force");
        Expect(0, "window", "close", "--data", _files.Data);
        await using (var host = await StartAsync(recoveryWindow: true))
        {
            using var channel = GrpcChannel.ForAddress(host.Address);
            var headers = await HostTests.OpenAsync(channel, new Uri(host.Address).Authority, owner);
            var groups = new GroupService.GroupServiceClient(channel);
            Assert.Equal(FaultCode.RecoveryWindow, await FaultAsync(() => groups.PushAsync(lost[0], headers).ResponseAsync));
            Assert.Contains("is open, because the relay was started", Expect(0, "window", "show", "--data", _files.Data), StringComparison.Ordinal);
            Assert.Contains("leave that out", Expect(0, "window", "close", "--data", _files.Data), StringComparison.Ordinal);
            await AcceptedAsync(() => groups.PushAsync(lost[0], headers).ResponseAsync);
            Assert.Contains("is closed", Expect(0, "window", "show", "--data", _files.Data), StringComparison.Ordinal);
            Assert.Contains("closed already", Expect(0, "window", "close", "--data", _files.Data), StringComparison.Ordinal);
        }

        await (await StartAsync(recoveryWindow: true)).DisposeAsync();
        Assert.Contains("is closed", Expect(0, "window", "show", "--data", _files.Data), StringComparison.Ordinal);
        await WithRelayAsync(owner, async (groups, headers) => Assert.Null(await FaultAsync(() => groups.PushAsync(lost[1], headers).ResponseAsync)));
    }

    [Fact]
    public async Task A_window_that_is_opened_under_a_relay_started_in_one_has_the_end_that_was_said_last()
    {
        BackUpThenWrite();
        await using var host = await StartAsync(recoveryWindow: true);
        Expect(0, "window", "open", "--data", _files.Data, "--for", "1h");
        Assert.Contains("open until 20", Expect(0, "window", "show", "--data", _files.Data), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_relay_runs_nothing_is_replaced_or_cut()
    {
        var (_, circle, _) = BackUpThenWrite();
        await using var host = await StartAsync();
        string[][] commands =
        [
            ["restore", "--from", Copy, "--force"], ["truncate", "--group", $"{circle.Id}", "--to", "1", "--yes"],
            ["pick", "--from", Copy, "--yes"],
        ];
        foreach (var command in commands)
        {
            Assert.Contains("Another relay uses", Expect(16, [.. command, "--data", _files.Data]), StringComparison.Ordinal);
        }

        _files.Check();
    }

    public void Dispose() => _files.Dispose();

    // Two commits after the backup: what the restored relay has lost. Killed: its log is left behind, as by kill -9.
    private (Person Owner, Circle Circle, List<PushRequest> Lost) BackUpThenWrite(bool killed = false)
    {
        Person owner = null!;
        Circle circle = null!;
        List<PushRequest> lost = [];
        _files.Relay(async world =>
        {
            (owner, var session, circle) = await LiveAsync(world);
            Expect(0, "backup", "--data", _files.Data, "--to", Copy);
            lost = [circle.Put(owner), circle.Put(owner)];
            foreach (var push in lost)
            {
                await world.PushAsync(session, push);
            }

            if (killed)
            {
                File.Copy(_files.Database, _files.Of("killed"));
                File.Copy(_files.Database + "-wal", _files.Of("killed-wal"));
            }
        });
        if (killed)
        {
            File.Move(_files.Of("killed"), _files.Database, overwrite: true);
            File.Move(_files.Of("killed-wal"), _files.Database + "-wal", overwrite: true);
        }

        return (owner, circle, lost);
    }

    private async Task WithRelayAsync(Person person, Func<GroupService.GroupServiceClient, Metadata, Task> test)
    {
        await using var host = await StartAsync();
        using var channel = GrpcChannel.ForAddress(host.Address);
        var headers = await HostTests.OpenAsync(channel, new Uri(host.Address).Authority, person);
        await test(new GroupService.GroupServiceClient(channel), headers);
    }

    private Task<RelayHost> StartAsync() => StartAsync(recoveryWindow: false);

    private Task<RelayHost> StartAsync(bool recoveryWindow) => RelayHost.StartAsync(
        new ServerSettings
        {
            Host = "127.0.0.1",
            Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
            DataPath = _files.Data,
            RecoveryWindow = recoveryWindow,
        },
        TimeProvider.System,
        new SystemRandomSource(),
        CancellationToken.None);

    private static async Task<FaultCode?> FaultAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (RpcException e)
        {
            return FaultInfo.Parser.ParseFrom(e.Trailers.GetValueBytes(FaultStatus.Trailer)).Code;
        }
    }

    // Asks again and again; only a relay that never looks at the file makes it wait for the deadline.
    private static async Task AcceptedAsync(Func<Task<PushResponse>> push)
    {
        using var limit = new CancellationTokenSource(s_deadline);
        FaultCode? found;
        while ((found = await FaultAsync(push)) is not null)
        {
            Assert.True(found is FaultCode.RecoveryWindow or FaultCode.RateLimited, $"{found}");
            limit.Token.ThrowIfCancellationRequested();
        }
    }
}
