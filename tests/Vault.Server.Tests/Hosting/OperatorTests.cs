using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Vault.Core;
using Vault.Protocol.V1;
using Vault.Server.Hosting;
using Vault.Server.Tests.Kit;

namespace Vault.Server.Tests.Hosting;

/// <summary>Metrics and health over real sockets.</summary>
public sealed partial class OperatorTests : IDisposable
{
    private static readonly IPEndPoint s_anyPort = new(IPAddress.Loopback, 0);

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Metrics_are_read_on_an_address_of_their_own_and_name_nobody()
    {
        var random = new SeededRandom(7);
        await using var host = await StartAsync(s_anyPort);
        using var channel = GrpcChannel.ForAddress(host.Address);
        var person = new Person(random);
        await new AccountService.AccountServiceClient(channel).RegisterAsync(person.Registration());
        var headers = await HostTests.OpenAsync(channel, new Uri(host.Address).Authority, person);
        var groups = new GroupService.GroupServiceClient(channel);
        using var watch = groups.Watch(new WatchRequest(), headers);
        Assert.True(await watch.ResponseStream.MoveNext(default));
        var circle = new Circle(random, person);
        circle.Put(person);
        await groups.PushAsync(circle.Push(circle.Commits, [.. circle.Blobs]), headers);
        Assert.True(await watch.ResponseStream.MoveNext(default));
        await groups.HeadsAsync(new HeadsRequest { MissedHints = 1 }, headers);

        using var http = new HttpClient();
        var text = await http.GetStringAsync(host.MetricsAddress);
        Assert.Equal(1, Value(text, "vault_watchers"));
        Assert.Equal(1, Value(text, "vault_store_confirming"));
        Assert.Equal(1, Value(text, "vault_notifications_missed_total"));
        Assert.Equal(1, Value(text, "vault_pushes_total{outcome=\"accepted\"}"));
        Assert.Equal(1, Value(text, "vault_delivery_lag_seconds_count"));
        Assert.Equal(Value(text, "vault_store_write_seconds_count"), Value(text, "vault_store_write_seconds_bucket{le=\"+Inf\"}"));
        Assert.Contains("# TYPE vault_store_write_seconds histogram\n", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(Id(), text);

        // Neither server answers for the other.
        var health = new Health.HealthClient(channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest())).Status);
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, host.Address + "/metrics")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        elsewhere.Headers.Host = host.MetricsAddress!.Authority;
        Assert.Equal(HttpStatusCode.NotFound, (await http.SendAsync(elsewhere)).StatusCode);
        using var call = await http.PostAsync(new Uri(host.MetricsAddress, "/vault.v1.SessionService/GetNonce"), null);
        Assert.Equal(HttpStatusCode.NotFound, call.StatusCode);
    }

    [Fact]
    public async Task A_revoked_device_that_stops_reading_keeps_no_stream_open()
    {
        var random = new SeededRandom(8);
        await using var host = await StartAsync(s_anyPort);
        using var channel = GrpcChannel.ForAddress(host.Address);
        var name = new Uri(host.Address).Authority;
        var person = new Person(random);
        var accounts = new AccountService.AccountServiceClient(channel);
        await accounts.RegisterAsync(person.Registration());
        var headers = await HostTests.OpenAsync(channel, name, person);
        var groups = new GroupService.GroupServiceClient(channel);
        var circle = new Circle(random, person);
        await groups.PushAsync(circle.Push(circle.Commits), headers);
        var (device, sync) = (Crypto.SigningKey.Create(random), Crypto.SigningKey.Create(random));
        await accounts.PushAccountAsync(person.Push(person.AddDevice(device, sync)), headers);
        var thief = KeyIds.OfDevice(device.PublicKey);

        // A connection of its own, whose windows hold less than what will be sent.
        using var handler = new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 };
        using var theirs = GrpcChannel.ForAddress(host.Address, new GrpcChannelOptions { HttpHandler = handler });
        using var watch = new GroupService.GroupServiceClient(theirs).Watch(
            new WatchRequest(), await HostTests.OpenAsync(theirs, name, person, thief, sync));
        Assert.True(await watch.ResponseStream.MoveNext(default));
        for (var i = 0; i < 24; i++)
        {
            await groups.PushAsync(circle.Put(person, blobBytes: (32 << 10) + Limits.BoxOverheadBytes), headers);
        }

        using var http = new HttpClient();
        Assert.Equal(1, Value(await http.GetStringAsync(host.MetricsAddress), "vault_watchers"));
        await accounts.PushAccountAsync(person.Revoke(thief), headers);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Value(await http.GetStringAsync(host.MetricsAddress, deadline.Token), "vault_watchers") > 0)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Without_being_asked_a_relay_has_no_metrics_endpoint()
    {
        await using var host = await StartAsync(null);
        Assert.Null(host.MetricsAddress);
    }

    public void Dispose() => _directory.Dispose();

    private Task<RelayHost> StartAsync(IPEndPoint? metrics) => RelayHost.StartAsync(
        new ServerSettings
        {
            Host = "127.0.0.1",
            Endpoint = s_anyPort,
            DataPath = Path.Combine(_directory.Path, "data"),
            MetricsEndpoint = metrics,
        },
        TimeProvider.System,
        new SystemRandomSource(),
        CancellationToken.None);

    private static double Value(string text, string series)
    {
        var line = Assert.Single(text.Split('\n'), line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    // Hexadecimal or Base64 of anything as long as an id.
    [GeneratedRegex("[0-9a-f]{32}|[A-Za-z0-9+/]{40}")]
    private static partial Regex Id();
}
