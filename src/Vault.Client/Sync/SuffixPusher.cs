using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// Gives a relay back what it lost: verified commits, whoever signed them, and the blobs that are live at each call's end. What was
/// superseded since may be gone here, so a call ends where everything live is still held, if that can be.
/// </summary>
internal sealed class SuffixPusher(ClientCore core)
{
    private const int CommitsPerCall = 256;
    private const int BytesPerCall = 1 << 20;

    // As much as the commit brought when it was pushed: with less, one commit's blobs might never fit beside it.
    private const int BlobBytesPerCall = Limits.BlobsPerCallBytes;

    /// <summary>Pushes what follows the relay's head; null: the whole chain.</summary>
    public async Task PushAsync(FollowedGroup group, ChainHead? relayHead, CancellationToken cancellation)
    {
        var commits = core.Replica.Chains.Commits(group.Id, relayHead is { } head ? head.Seq + 1 : 0);
        var missing = new List<BlobHash>();
        for (var at = 0; at < commits.Count;)
        {
            var request = Call(group, commits, at);
            at += request.Commits.Count;
            missing = await SendAsync(request, cancellation);
        }

        // In a recovery window the relay takes blobs later, too.
        while (missing.Count > 0)
        {
            var request = new PushSuffixRequest { Group = group.Id.ToByteString(), Commits = { commits[^1] } };
            AddBlobs(group, request, missing);
            if (request.Blobs.Count == 0)
            {
                return;
            }

            var before = missing.Count;
            missing = await SendAsync(request, cancellation);
            if (missing.Count >= before)
            {
                return;
            }
        }

        group.WantsPull = true;
    }

    // The most commits that fit and whose live blobs fit and are here; where no number of them has all, as many as fit.
    private PushSuffixRequest Call(FollowedGroup group, List<SignedEntry> commits, int from)
    {
        var live = new LiveBlobs(hash => core.Replica.Blobs.SizeOf(group.Id, hash));
        var (most, whole, bytes) = (from, from, 0);
        List<BlobHash> named = [];
        while (most < commits.Count && most - from < CommitsPerCall && (bytes == 0 || bytes + commits[most].CalculateSize() <= BytesPerCall))
        {
            bytes += commits[most].CalculateSize();
            live.Follow(GroupBody.Parser.ParseFrom(commits[most++].Body));
            if (live.Absent == 0 && live.Bytes <= BlobBytesPerCall)
            {
                whole = most;
                named = live.Hashes;
            }
        }

        var request = new PushSuffixRequest { Group = group.Id.ToByteString() };
        request.Commits.Add(commits[from..(whole > from ? whole : most)]);
        AddBlobs(group, request, whole > from ? named : live.Hashes);
        return request;
    }

    private async Task<List<BlobHash>> SendAsync(PushSuffixRequest request, CancellationToken cancellation)
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

    /// <summary>What some commits put and none of them replaced or deleted.</summary>
    private sealed class LiveBlobs(Func<BlobHash, long?> sizeOf)
    {
        private readonly Dictionary<ByteString, (BlobHash Hash, long? Size)> _items = [];

        public long Bytes { get; private set; }

        /// <summary>How many of them are not here.</summary>
        public int Absent { get; private set; }

        public List<BlobHash> Hashes => [.. _items.Values.Select(blob => blob.Hash)];

        public void Follow(GroupBody body)
        {
            foreach (var delete in body.Deletes)
            {
                Remove(delete.Item);
            }

            foreach (var put in body.Puts)
            {
                Remove(put.Item);
                var hash = BlobHash.Parse(put.BlobHash.Span);
                var size = sizeOf(hash);
                _items.Add(put.Item, (hash, size));
                Bytes += size ?? 0;
                Absent += size is null ? 1 : 0;
            }
        }

        private void Remove(ByteString item)
        {
            if (_items.Remove(item, out var blob))
            {
                Bytes -= blob.Size ?? 0;
                Absent -= blob.Size is null ? 1 : 0;
            }
        }
    }
}
