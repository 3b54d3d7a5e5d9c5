using System.Diagnostics;
using System.Globalization;
using Vault.Demo;
using Vault.EndToEnd.Tests.People;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.EndToEnd.Tests.Network;

/// <summary>
/// The promise itself, on real processes at default settings: with every notification lost and the beats flowing, a change arrives within
/// the bound and the fault is named; a link that is half-open is noticed in seconds.
/// </summary>
[Collection(ByTheClock.Name)]
public sealed class LostNotificationsTests(ITestOutputHelper output)
{
    private const int AtOnce = 30;
    private const string Group = "personal";

    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan s_halfOpen = TimeSpan.FromSeconds(15);

    // How many first misses: CI needs one; VAULT_MISSES=300 measures the spread.
    private static readonly int s_misses = int.TryParse(Environment.GetEnvironmentVariable("VAULT_MISSES"), CultureInfo.InvariantCulture, out var misses) ? misses : 1;

    // Looking at thirty agents must not be what keeps them busy.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(s_misses > 1 ? 500 : 100);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missed_change_arrives_within_the_bound_and_is_named_and_a_half_open_link_is_noticed()
    {
        await using var scene = await Scene.StartAsync();
        await using var ben = await scene.DeviceAsync("Ben", scene.Sieve.Address);
        await using var cleo = await scene.DeviceAsync("Cleo", scene.Gate.Address);
        await LiveAsync(ben);
        await LiveAsync(cleo);

        // Both at the same time: Ben's stream is dumb and Cleo's link is dead.
        scene.Sieve.Drops = true;
        scene.Gate.Freeze();
        var (seq, edited) = await scene.EditAsync();
        var noticed = UntilAsync(cleo, status => status.Stream.State == StreamState.Down, edited);
        var arrived = UntilAsync(ben, status => status.Groups[0].Freshness.VerifiedSeq >= seq, edited);
        var (halfOpen, staleness) = (await noticed, await arrived);
        output.WriteLine($"half-open noticed after {halfOpen.TotalSeconds:F1} s; the change arrived after {staleness.TotalSeconds:F1} s");
        Assert.InRange(staleness, TimeSpan.Zero, s_bound);
        Assert.InRange(halfOpen, TimeSpan.Zero, s_halfOpen);
        Assert.True(scene.Sieve.Dropped > 0);

        // What people see after this one change.
        await UntilAsync(ben, status => status.Stream.State == StreamState.Failing, Stopwatch.GetTimestamp());
        Assert.Contains("notifications: failing", (await ben.RunAsync("status")).Text, StringComparison.Ordinal);
        Assert.Contains("polling", (await ben.RunAsync("status")).Text, StringComparison.Ordinal);
        var doctor = (await ben.RunAsync("doctor")).Expect(13);
        Assert.Contains("notifications", doctor.Text, StringComparison.Ordinal);
        await ben.DoAsync("sync");
        Assert.Equal(1, await scene.MissedAsync());
    }

    [Fact]
    public async Task First_misses_of_fresh_clients_stay_within_the_bound()
    {
        if (s_misses <= 1)
        {
            // One miss is the test above; many at once are measured by hand.
            return;
        }

        await using var scene = await Scene.StartAsync();
        var devices = new List<Person>();
        for (var i = 0; i < Math.Min(AtOnce, s_misses); i++)
        {
            devices.Add(await scene.DeviceAsync($"Device {i}", scene.Sieve.Address));
            await devices[i].KillAgentAsync();
        }

        var staleness = new List<TimeSpan>();
        var missed = 0.0;
        while (staleness.Count < s_misses)
        {
            // A fresh process each time: it has missed nothing yet.
            scene.Sieve.Drops = false;
            foreach (var device in devices)
            {
                await device.DoAsync("agent", "start");
            }

            await Task.WhenAll(devices.Select(LiveAsync));
            scene.Sieve.Drops = true;
            var (seq, edited) = await scene.EditAsync();
            staleness.AddRange(await Task.WhenAll(devices.Select(device => UntilAsync(device, status => status.Groups[0].Freshness.VerifiedSeq >= seq, edited))));
            await Task.WhenAll(devices.Select(device => UntilAsync(device, status => status.Stream.State == StreamState.Failing, Stopwatch.GetTimestamp())));
            await Task.WhenAll(devices.Select(SyncAsync));
            var now = await scene.MissedAsync();
            output.WriteLine($"{staleness.Count} misses, worst {staleness.Max().TotalSeconds:F1} s, {now - missed} counted by the relay");
            missed = now;
            await Task.WhenAll(devices.Select(device => device.KillAgentAsync()));
        }

        staleness.Sort();
        var p99 = staleness[(int)Math.Ceiling(staleness.Count * 0.99) - 1];
        output.WriteLine(
            $"{staleness.Count} first misses, {devices.Count} at once: p50 {staleness[staleness.Count / 2].TotalSeconds:F1} s, "
            + $"p99 {p99.TotalSeconds:F1} s, max {staleness[^1].TotalSeconds:F1} s, {missed} counted by the relay");
        Assert.InRange(p99, TimeSpan.Zero, s_bound);
        Assert.True(missed >= s_misses, $"The relay counted {missed}.");
    }

    // Asked over the socket: thirty more processes at once would be what is measured.
    private static async Task SyncAsync(Person person)
    {
        using var channel = AgentChannel.TryConnect(person.Paths) ?? throw new InvalidOperationException($"No agent of {person.Name} runs.");
        await new SyncService.SyncServiceClient(channel.Invoker).SyncAsync(new SyncRequest { TimeoutMs = 15_000 }, cancellationToken: Cancelled);
    }

    private static Task LiveAsync(Person person) =>
        UntilAsync(person, status => status.Groups.Count > 0 && status.Groups[0].Freshness.State == GroupState.Live, Stopwatch.GetTimestamp());

    // How long after a moment an agent's status said so.
    private static async Task<TimeSpan> UntilAsync(Person person, Func<GetStatusResponse, bool> holds, long since)
    {
        using var channel = AgentChannel.TryConnect(person.Paths) ?? throw new InvalidOperationException($"No agent of {person.Name} runs.");
        var sync = new SyncService.SyncServiceClient(channel.Invoker);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Programs.Deadline);
        while (true)
        {
            var status = await sync.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancelled);
            if (holds(status))
            {
                return Stopwatch.GetElapsedTime(since);
            }

            Assert.False(limit.IsCancellationRequested, $"{person.Name}: {status}");
            await Task.Delay(s_betweenLooks, Cancelled);
        }
    }

    /// <summary>A relay, Ann who writes to it directly, and two ways to it that can fail.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly Scratch _scratch = new();
        private readonly List<Person> _devices = [];
        private RelayProcess? _relay;
        private Person? _ann;
        private int _metricsPort;
        private int _edits;

        private Scene(HintSieve sieve) => Sieve = sieve;

        public HintSieve Sieve { get; }

        public Gate Gate { get; } = new();

        public static async Task<Scene> StartAsync()
        {
            var scene = new Scene(await HintSieve.StartAsync(Cancelled)) { _metricsPort = Ports.Next() };
            scene._relay = await RelayProcess.StartAsync(
                [
                    .. RelayProcess.Command(scene._scratch.Path("relay")), "--metrics", $"127.0.0.1:{scene._metricsPort}",
                    "--name", $"127.0.0.1:{scene.Sieve.Port}", "--name", $"127.0.0.1:{scene.Gate.Port}",
                ],
                Cancelled);
            scene.Sieve.PassTo(scene._relay.Address);
            scene.Gate.PassTo(scene._relay.Address);
            scene._ann = new Person("Ann", scene._scratch.Folder("Ann"));
            await scene._ann.RegisterAsync(scene._relay.Address.OriginalString.TrimEnd('/'));
            return scene;
        }

        /// <summary>Another device of Ann's, which reaches the relay by an address.</summary>
        public async Task<Person> DeviceAsync(string name, string address)
        {
            var device = new Person(name, _scratch.Folder(name));
            _devices.Add(device);
            await device.LogInAsync(_ann!, address);
            return device;
        }

        /// <summary>Ann's edit, which the relay has acknowledged: where it stands, and since when.</summary>
        public async Task<(ulong Seq, long At)> EditAsync()
        {
            await _ann!.AddAsync($"{Group}/Edit {++_edits}", "secret");
            var at = Stopwatch.GetTimestamp();
            return (await _ann.HeadAsync(Group), at);
        }

        /// <summary>What the operator sees.</summary>
        public async Task<double> MissedAsync()
        {
            using var http = new HttpClient();
            var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics"), Cancelled);
            var line = text.Split('\n').First(line => line.StartsWith("vault_notifications_missed_total ", StringComparison.Ordinal));
            return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var device in _devices.Append(_ann!))
            {
                await device.DisposeAsync();
            }

            await Gate.DisposeAsync();
            await Sieve.DisposeAsync();
            if (_relay is not null)
            {
                await _relay.DisposeAsync();
            }

            _scratch.Dispose();
        }
    }
}
