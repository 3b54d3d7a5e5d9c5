using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Vault.Core.Ids;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Hosting;
using Vault.Server.Services;
using Vault.Server.Stores;
using Vault.Server.Tests.Kit;

namespace Vault.Server.Tests.Hosting;

/// <summary>The real thing: Kestrel, threads, a file.</summary>
public sealed class HostTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Two_devices_share_a_commit_over_http2()
    {
        var random = new SeededRandom(3);
        await using var host = await StartAsync(TlsMode.Off);
        using var channel = GrpcChannel.ForAddress(host.Address);
        var name = new Uri(host.Address).Authority;
        var person = new Person(random);
        await new AccountService.AccountServiceClient(channel).RegisterAsync(person.Registration());
        var headers = await OpenAsync(channel, name, person);
        var groups = new GroupService.GroupServiceClient(channel);
        using var watch = groups.Watch(new WatchRequest(), headers);
        Assert.True(await watch.ResponseStream.MoveNext(default));
        Assert.NotNull(watch.ResponseStream.Current.Hello);
        var circle = new Circle(random, person);
        circle.Put(person);
        var pushed = await groups.PushAsync(circle.Push(circle.Commits, [.. circle.Blobs]), headers);
        Assert.Equal(PushOutcome.Accepted, pushed.Outcome);
        Assert.True(await watch.ResponseStream.MoveNext(default));
        Assert.Equal(circle.State.Head.ToGroupHead(), watch.ResponseStream.Current.HeadMoved.Head);
        var large = circle.Push(circle.Commits);
        large.Blobs.Add(Enumerable.Repeat(new Blob { Content = ByteString.CopyFrom(new byte[1 << 20]) }, 8));
        var oversized = await Assert.ThrowsAsync<RpcException>(async () => await groups.PushAsync(large, headers));
        Assert.Equal(StatusCode.ResourceExhausted, oversized.StatusCode);
        var missing = await Assert.ThrowsAsync<RpcException>(async () => await groups.HeadsAsync(new HeadsRequest()));
        Assert.Equal(FaultCode.Unauthenticated, FaultInfo.Parser.ParseFrom(missing.Trailers.GetValueBytes(FaultStatus.Trailer)).Code);
    }

    [Fact]
    public async Task A_relay_that_starts_again_has_what_it_acknowledged()
    {
        var random = new SeededRandom(4);
        var person = new Person(random);
        var circle = new Circle(random, person);
        await using (var host = await StartAsync(TlsMode.Off))
        {
            using var channel = GrpcChannel.ForAddress(host.Address);
            await new AccountService.AccountServiceClient(channel).RegisterAsync(person.Registration());
            var headers = await OpenAsync(channel, new Uri(host.Address).Authority, person);
            await new GroupService.GroupServiceClient(channel).PushAsync(circle.Push(circle.Commits), headers);
        }

        await using var again = await StartAsync(TlsMode.Off);
        using var other = GrpcChannel.ForAddress(again.Address);
        var heads = await new GroupService.GroupServiceClient(other).HeadsAsync(
            new HeadsRequest(), await OpenAsync(other, new Uri(again.Address).Authority, person));
        Assert.Equal(circle.State.Head.ToGroupHead(), Assert.Single(heads.Heads).Head);
    }

    [Fact]
    public async Task A_self_signed_relay_prints_the_pin_that_its_certificate_has()
    {
        string first;
        await using (var host = await StartAsync(TlsMode.SelfSigned))
        {
            first = host.Address.Split('#')[1];
            var pin = first["sha256/".Length..];
            using var handler = new SocketsHttpHandler
            {
                SslOptions = new()
                {
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        using var shown = new X509Certificate2(certificate!);
                        return pin == Base64Url.EncodeToString(SHA256.HashData(shown.PublicKey.ExportSubjectPublicKeyInfo()));
                    },
                },
            };
            using var channel = GrpcChannel.ForAddress(host.Address.Split('#')[0], new GrpcChannelOptions { HttpHandler = handler });
            var nonce = await new SessionService.SessionServiceClient(channel).GetNonceAsync(new GetNonceRequest());
            Assert.Equal(32, nonce.Nonce.Length);
        }

        await using var again = await StartAsync(TlsMode.SelfSigned);
        Assert.Equal(first, again.Address.Split('#')[1]);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory.Path, "data", "tls-key.pem")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory.Path, "data", "relay.db")));
        }
    }

    [Fact]
    public async Task A_second_relay_on_the_same_data_is_refused_and_may_start_when_the_first_is_gone()
    {
        await using (await StartAsync(TlsMode.Off))
        {
            var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => StartAsync(TlsMode.Off));
            Assert.StartsWith("Another relay uses ", e.Message, StringComparison.Ordinal);

            // As restore, truncate and pick end there.
            var before = Console.Error;
            using var said = new StringWriter();
            try
            {
                Console.SetError(said);
                Assert.Equal(16, await ServerCommand.Create().Parse(["run", "--listen", "127.0.0.1:0", "--data", Path.Combine(_directory.Path, "data")]).InvokeAsync());
            }
            finally
            {
                Console.SetError(before);
            }

            Assert.Contains("Another relay uses ", said.ToString(), StringComparison.Ordinal);
        }

        await (await StartAsync(TlsMode.Off)).DisposeAsync();
    }

    [Fact]
    public async Task An_operator_keeps_what_was_replaced_for_longer_and_never_for_less_than_thirty_days()
    {
        var before = Console.Error;
        using var said = new StringWriter();
        try
        {
            Console.SetError(said);
            Assert.Equal(2, await ServerCommand.Create().Parse(["run", "--listen", "127.0.0.1:0", "--keep-superseded", "29"]).InvokeAsync());
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.Contains("30 to 3650 days", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plaintext_beyond_loopback_is_refused()
    {
        var before = Console.Error;
        using var said = new StringWriter();
        try
        {
            Console.SetError(said);
            Assert.Equal(2, await ServerCommand.Create().Parse(["run", "--listen", "0.0.0.0:0", "--tls", "off"]).InvokeAsync());
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.Contains("Plaintext is for loopback only", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Loopback_has_three_names_and_others_are_as_given()
    {
        Assert.Equal(["127.0.0.1:7", "[::1]:7", "localhost:7"], Settings(TlsMode.Off).RelayNames(7));
        var named = Settings(TlsMode.Given) with { Host = "192.0.2.1", Endpoint = new IPEndPoint(IPAddress.Any, 443), Names = ["Vault.Example"] };
        Assert.Equal(["192.0.2.1", "192.0.2.1:443", "vault.example"], named.RelayNames(443));
    }

    public void Dispose() => _directory.Dispose();

    internal static Task<Metadata> OpenAsync(GrpcChannel channel, string name, Person person) =>
        OpenAsync(channel, name, person, person.DeviceId, person.Sync);

    internal static async Task<Metadata> OpenAsync(GrpcChannel channel, string name, Person person, DeviceId device, Crypto.SigningKey sync)
    {
        var sessions = new SessionService.SessionServiceClient(channel);
        var nonce = await sessions.GetNonceAsync(new GetNonceRequest());
        var opened = await sessions.OpenSessionAsync(
            SignedProofs.DeviceSession(name, nonce.Nonce, person.Id, device, sync));
        return new Metadata { { "authorization", $"Bearer {Convert.ToBase64String(opened.Token.Span)}" } };
    }

    private Task<RelayHost> StartAsync(TlsMode tls) =>
        RelayHost.StartAsync(Settings(tls), TimeProvider.System, new SystemRandomSource(), CancellationToken.None);

    private ServerSettings Settings(TlsMode tls) => new()
    {
        Host = "127.0.0.1",
        Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
        DataPath = Path.Combine(_directory.Path, "data"),
        Tls = tls,
    };
}
