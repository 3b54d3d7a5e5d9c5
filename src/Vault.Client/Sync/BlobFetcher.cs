using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// Fetches every live blob that is not here, at once and whether it is looked at or not: so the relay does not learn which
/// password is used, and a withheld blob shows (attack: commits delivered, the password's blob withheld).
/// </summary>
internal sealed class BlobFetcher(ClientCore core)
{
    private const int HashesPerCall = 64;

    public async Task FetchAsync(FollowedGroup group, CancellationToken cancellation)
    {
        var tried = new HashSet<BlobHash>();
        while (group.MissingBlobs.Order().Where(hash => !tried.Contains(hash)).Take(HashesPerCall).ToList() is { Count: > 0 } wanted)
        {
            var request = new GetBlobsRequest { Group = group.Id.ToByteString() };
            request.Hashes.Add(wanted.Select(hash => hash.ToByteString()));
            var response = await core.Calls.CallAsync((relay, options) => relay.Groups.GetBlobsAsync(request, options), 4, cancellation);
            var got = response.Blobs.Where(blob => wanted.Contains(BlobHashes.Of(blob.Content.Span))).ToList();
            core.Replica.Database.Transact("blobs", () =>
            {
                // What was superseded while it was under way is nobody's former value here, and would stay for ever.
                foreach (var blob in got.Where(blob => group.MissingBlobs.Contains(BlobHashes.Of(blob.Content.Span))))
                {
                    core.Replica.Blobs.Add(group.Id, blob.Content.Span);
                }
            });
            foreach (var blob in got)
            {
                group.MissingBlobs.Remove(BlobHashes.Of(blob.Content.Span));
            }

            // Those that did not fit are asked for again; those that the relay says it lacks are not, in this round.
            tried.UnionWith(got.Count == 0 ? wanted : response.Absent.Select(Parse));
            if (got.Count > 0)
            {
                core.RaiseChanged(group.Id);
            }
        }
    }

    private static BlobHash Parse(ByteString bytes) => BlobHash.TryParse(bytes, out var hash) ? hash : default;
}
