using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Vault.Core;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDriver;

/// <summary>One author's connection to a relay: the generated stubs over a channel of its own, and a device session.</summary>
public sealed class RelayCalls : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly Metadata _headers;

    private RelayCalls(GrpcChannel channel, Metadata headers)
    {
        _channel = channel;
        _headers = headers;
        Groups = new GroupService.GroupServiceClient(channel);
    }

    public GroupService.GroupServiceClient Groups { get; }

    /// <summary>Registers the author, who must be new to this relay, and opens a session.</summary>
    public static async Task<RelayCalls> RegisterAsync(Uri address, Author author, CancellationToken cancellationToken)
    {
        using var channel = RelayChannel.Open(address);
        await new AccountService.AccountServiceClient(channel).RegisterAsync(author.Registration, cancellationToken: cancellationToken);
        return await OpenAsync(address, author, cancellationToken);
    }

    /// <summary>Opens a session of the author's device.</summary>
    public static async Task<RelayCalls> OpenAsync(Uri address, Author author, CancellationToken cancellationToken)
    {
        var channel = RelayChannel.Open(address);
        var sessions = new SessionService.SessionServiceClient(channel);
        var nonce = await sessions.GetNonceAsync(new GetNonceRequest(), cancellationToken: cancellationToken);
        var proof = SignedProofs.DeviceSession(address.Authority, nonce.Nonce, author.Account.Id, author.DeviceId, author.Sync);
        var session = await sessions.OpenSessionAsync(proof, cancellationToken: cancellationToken);
        return new RelayCalls(channel, new Metadata { { "authorization", $"Bearer {session.Token.ToBase64()}" } });
    }

    public async Task<PushResponse> PushAsync(PushRequest request, CancellationToken cancellationToken) =>
        await Groups.PushAsync(request, _headers, cancellationToken: cancellationToken);

    public async Task<PushSuffixResponse> PushSuffixAsync(PushSuffixRequest request, CancellationToken cancellationToken) =>
        await Groups.PushSuffixAsync(request, _headers, cancellationToken: cancellationToken);

    public AsyncServerStreamingCall<WatchResponse> Watch(WatchRequest request, CancellationToken cancellationToken) =>
        Groups.Watch(request, _headers, cancellationToken: cancellationToken);

    /// <summary>Every commit of a group from its genesis, page by page.</summary>
    public async Task<List<SignedEntry>> PullAllAsync(ByteString group, CancellationToken cancellationToken)
    {
        var commits = new List<SignedEntry>();
        var request = new PullRequest { Group = group };
        while (true)
        {
            var page = await Groups.PullAsync(request, _headers, cancellationToken: cancellationToken);
            commits.AddRange(page.Commits.Select(record => record.Commit));
            request.Token = page.Token;
            if (!page.More)
            {
                return commits;
            }
        }
    }

    /// <summary>Blobs of a group, by hash; the relay may leave some for the next call.</summary>
    public async Task<GetBlobsResponse> GetBlobsAsync(GetBlobsRequest request, CancellationToken cancellationToken) =>
        await Groups.GetBlobsAsync(request, _headers, cancellationToken: cancellationToken);

    /// <summary>The fault that a call was refused with; null when it never reached an answer.</summary>
    public static Fault? FaultOf(RpcException refused) =>
        refused.Trailers.GetValueBytes("vault-fault-bin") is { } bytes ? Fault.FromWire(FaultInfo.Parser.ParseFrom(bytes)) : null;

    public void Dispose() => _channel.Dispose();
}
