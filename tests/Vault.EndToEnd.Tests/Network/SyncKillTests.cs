using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.EndToEnd.Tests.People;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.EndToEnd.Tests.RelayDurability;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.EndToEnd.Tests.Network;

/// <summary>
/// kill -9 on entering a sync of the disk, one after the other: of an agent that resyncs, pulls, drops old blobs and pushes, and of the
/// relay that takes it. Whatever was acknowledged is there after the restart, and all devices come to one state.
/// </summary>
public sealed class SyncKillTests(ITestOutputHelper output)
{
    // In every run a few places; VAULT_KILLS=all takes each in turn, until a life comes to its end unharmed.
    private static readonly bool s_all = Environment.GetEnvironmentVariable("VAULT_KILLS") == "all";

    private const int PlacesMax = 60;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_killed_at_a_sync_of_resync_pull_collection_and_push_loses_nothing()
    {
        await Strace.InstallAsync(Cancelled);
        await using var scene = await Scene.StartAsync();
        foreach (var place in s_all ? Enumerable.Range(1, PlacesMax) : [4, 9])
        {
            var reached = await scene.AgentLifeAsync(place);
            output.WriteLine($"agent, sync {place}: {reached}");
            await scene.CheckAsync();
            if (reached == Scene.Whole)
            {
                Assert.True(place > 4, "Nothing was killed.");
                return;
            }
        }

        Assert.False(s_all, $"More than {PlacesMax} syncs in one life: the end was not reached.");
    }

    [Fact]
    public async Task A_relay_killed_at_a_sync_while_agents_push_and_pull_loses_nothing()
    {
        await Strace.InstallAsync(Cancelled);
        await using var scene = await Scene.StartAsync();
        foreach (var place in s_all ? Enumerable.Range(1, PlacesMax / 3) : [5])
        {
            await scene.StopRelayAsync();
            output.WriteLine($"relay, sync {place}: {await scene.RelayLifeAsync(place)}");
            await scene.StartRelayAsync([]);
            await scene.CheckAsync();
        }
    }

    /// <summary>One relay on one port; Ann's laptop, which is killed, and her phone, which is not.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        public const string Whole = "came to its end";

        private const string Counter = "personal/Counter";

        private readonly Scratch _scratch = new();
        private readonly int _port = Ports.Next();
        private readonly Person _laptop;
        private readonly Person _phone;
        private RelayProcess? _relay;
        private int _sent;
        private int _acknowledged;
        private int _byPhone;

        private Scene()
        {
            _laptop = new Person("Ann", _scratch.Folder("laptop"));
            _phone = new Person("Ann's phone", _scratch.Folder("phone"));
        }

        public static async Task<Scene> StartAsync()
        {
            var scene = new Scene();
            await scene.StartRelayAsync([]);
            await scene._laptop.RegisterAsync($"http://127.0.0.1:{scene._port}");
            await scene._phone.LogInAsync(scene._laptop, $"http://127.0.0.1:{scene._port}");
            await scene._laptop.AddAsync(Counter, "0");
            await scene._phone.AddAsync("personal/Of the phone", "0");
            return scene;
        }

        public async Task StartRelayAsync(string[] under) => _relay = await RelayProcess.StartAsync(
            [.. under, RelayProcess.Dotnet, RelayProcess.BuiltProgram, "run", "--listen", $"127.0.0.1:{_port}", "--data", _scratch.Path("relay"), "--tls", "off"], Cancelled);

        public async Task StopRelayAsync()
        {
            if (_relay is { } relay)
            {
                _relay = null;
                await relay.KillAsync();
                await relay.DisposeAsync();
            }
        }

        /// <summary>The phone changes something meanwhile, and the laptop's change token is spoilt; then the laptop's agent lives until it is killed.</summary>
        public async Task<string> AgentLifeAsync(int place)
        {
            if (AgentChannel.TryConnect(_laptop.Paths) is { } running)
            {
                running.Dispose();
                await _laptop.KillAgentAsync();
            }

            await PhoneWritesAsync();
            using (var replica = _laptop.OpenReplica())
            {
                Execute(replica, "UPDATE grp SET token = randomblob(length(token)) WHERE token IS NOT NULL");

                // Long superseded, so that the unlock drops it.
                Execute(replica, "UPDATE superseded SET since_ms = 1");
            }

            var start = Programs.Start("strace", [.. KilledAt(place).Skip(1), Programs.Agent, "--profile", "default", "--detach"]);
            start.Environment["SVAULT_HOME"] = _laptop.Home;
            using var agent = Process.Start(start)!;
            try
            {
                var reached = "start";
                try
                {
                    if (await agent.StandardOutput.ReadLineAsync(Cancelled) != AgentContract.ReadyLine)
                    {
                        return reached;
                    }

                    reached = await OneRoundAsync(step => reached = step);
                }
                catch (Exception gone) when (gone is AgentException { Code: ExitCode.Agent } or InvalidOperationException or Grpc.Core.RpcException)
                {
                    // Killed; what it was doing says where.
                }

                return reached;
            }
            finally
            {
                agent.Kill(entireProcessTree: true);
                await agent.WaitForExitAsync(CancellationToken.None);
            }
        }

        /// <summary>The relay lives until it is killed, while both write.</summary>
        public async Task<string> RelayLifeAsync(int place)
        {
            try
            {
                await StartRelayAsync([.. KilledAt(place)]);
            }
            catch (InvalidOperationException)
            {
                return "start";
            }

            // Ends with the scene if the kill does not come.
            var relay = _relay!;
            var writes = 0;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            var exit = relay.WaitForExitAsync(ended.Token);
            while (!exit.IsCompleted && writes < 40)
            {
                await LaptopWritesAsync();
                await PhoneWritesAsync();
                writes++;
            }

            await exit;
            _relay = null;
            await relay.DisposeAsync();
            return $"{writes} rounds of writes";
        }

        /// <summary>After a restart of what was killed: nothing acknowledged is lost, and both devices show one state.</summary>
        public async Task CheckAsync()
        {
            await _laptop.UnlockAsync();
            foreach (var device in new[] { _laptop, _phone, _laptop })
            {
                await SyncedAsync(device);
            }

            var counted = int.Parse((await _laptop.DoAsync("get", Counter)).Text, CultureInfo.InvariantCulture);
            Assert.InRange(counted, _acknowledged, _sent);
            Assert.Equal($"{_byPhone}", (await _laptop.DoAsync("get", "personal/Of the phone")).Text);
            Assert.Equal(await _laptop.DigestAsync("personal"), await _phone.DigestAsync("personal"));
        }

        public async ValueTask DisposeAsync()
        {
            await _laptop.DisposeAsync();
            await _phone.DisposeAsync();
            await StopRelayAsync();
            _scratch.Dispose();
        }

        // The n-th sync of a thread is not entered: the process is gone by then. All of a client's, and all of a relay's store, come
        // from one thread each. Without --seccomp-bpf, under which strace 6.1 injects no signal on entry.
        private static string[] KilledAt(int place) =>
        [
            "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
            "-e", $"inject=fsync,fdatasync:signal=SIGKILL:when={place}",
        ];

        private static void Execute(SqliteConnection connection, string sql)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this file.
            command.CommandText = sql;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        // A relay that was away is dialled again after a wait.
        private static async Task SyncedAsync(Person device)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            limit.CancelAfter(Programs.Deadline);
            for (var outcome = await device.RunAsync("sync"); outcome.ExitCode != 0; outcome = await device.RunAsync("sync"))
            {
                Assert.False(limit.IsCancellationRequested, outcome.Text + outcome.Errors);
            }
        }

        private async Task PhoneWritesAsync() =>
            await _phone.DoTellingAsync($"{++_byPhone}", "edit", "personal/Of the phone", "--secret", "password");

        private async Task LaptopWritesAsync()
        {
            await _laptop.DoTellingAsync($"{++_sent}", "edit", Counter, "--secret", "password");
            _acknowledged = _sent;
        }

        // What a life consists of: unlock (verification, collection), resync and pull, three edits and their pushes.
        private async Task<string> OneRoundAsync(Action<string> at)
        {
            using var channel = AgentChannel.TryConnect(_laptop.Paths) ?? throw new InvalidOperationException("It is gone.");
            at("unlock and collection");
            await new AccountService.AccountServiceClient(channel.Invoker).UnlockAsync(
                new UnlockRequest { Password = ByteString.CopyFromUtf8(_laptop.Password) });
            at("resync and pull");
            var sync = new SyncService.SyncServiceClient(channel.Invoker);
            await sync.SyncAsync(new SyncRequest { TimeoutMs = 30_000 });
            var items = new ItemService.ItemServiceClient(channel.Invoker);
            for (var edit = 0; edit < 3; edit++)
            {
                at("edit and push");
                _sent++;
                var value = new FieldInput { Name = "password", Secret = true, Value = ByteString.CopyFromUtf8($"{_sent}") };
                await items.EditItemAsync(new EditItemRequest { Selector = Counter, SetFields = { value } });
                _acknowledged = _sent;
                await sync.SyncAsync(new SyncRequest { TimeoutMs = 30_000 });
            }

            return Whole;
        }
    }
}
