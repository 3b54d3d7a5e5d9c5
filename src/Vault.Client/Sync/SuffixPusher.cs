using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>Gives a relay back what it lost: verified commits, whoever signed them, and the blobs that are live now.</summary>
internal sealed class SuffixPusher(ClientCore core)
{
    private const int CommitsPerCall = 256;
    private const int BytesPerCall = 1 << 20;
    private const int BlobBytesPerCall = 3 << 20;

    /// <summary>Pushes what follows the relay's head; null: the whole chain.</summary>
    public async Task PushAsync(FollowedGroup group, ChainHead? relayHead, CancellationToken cancellation)
    {
        var commits = core.Replica.Chains.Commits(group.Id, relayHead is { } head ? head.Seq + 1 : 0);
        var at = 0;
        var missing = new List<BlobHash>();
        while (at < commits.Count)
        {
            var request = new PushSuffixRequest { Group = group.Id.ToByteString() };
            var bytes = 0;
            while (at < commits.Count && request.Commits.Count < CommitsPerCall && (bytes == 0 || bytes + commits[at].CalculateSize() <= BytesPerCall))
            {
                bytes += commits[at].CalculateSize();
                request.Commits.Add(commits[at++]);
            }

            missing = await SendAsync(group, request, cancellation);
        }

        while (missing.Count > 0)
        {
            var request = new PushSuffixRequest { Group = group.Id.ToByteString() };
            request.Commits.Add(commits[^1]);
            AddBlobs(group, request, missing);
            if (request.Blobs.Count == 0)
            {
                return;
            }

            var before = missing.Count;
            missing = await SendAsync(group, request, cancellation);
            if (missing.Count >= before)
            {
                return;
            }
        }

        group.WantsPull = true;
    }

    private async Task<List<BlobHash>> SendAsync(FollowedGroup group, PushSuffixRequest request, CancellationToken cancellation)
    {
        var response = await core.Calls.CallAsync((relay, options) => relay.Groups.PushSuffixAsync(request, options), 4, cancellation);
        return [.. response.MissingBlobs.Where(hash => hash.Length == Hash32.Size).Select(hash => BlobHash.Parse(hash.Span))];
    }

    private void AddBlobs(FollowedGroup group, PushSuffixRequest request, List<BlobHash> wanted)
    {
        var bytes = 0;
        foreach (var hash in wanted)
        {
            if (core.Replica.Blobs.Read(group.Id, hash) is { } blob && (bytes == 0 || bytes + blob.Length <= BlobBytesPerCall))
            {
                bytes += blob.Length;
                request.Blobs.Add(new Blob { Content = UnsafeByteOperations.UnsafeWrap(blob) });
            }
        }
    }
}
