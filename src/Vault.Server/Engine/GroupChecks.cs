using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>What several group calls ask first.</summary>
internal static class GroupChecks
{
    public static GroupId Group(ByteString bytes) =>
        GroupId.TryParse(bytes, out var group) ? group : throw RelayFaultException.Of(FaultCode.BadRequest, "group");

    public static void RequireDevice(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Kind != SessionKind.Device)
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed, "a device session is needed");
        }
    }

    public static void RequireMember(GroupPage? page)
    {
        if (page?.Reader is not { IsMember: true })
        {
            throw Unknown();
        }
    }

    public static RelayFaultException Unknown() => RelayFaultException.Of(FaultCode.UnknownGroup);

    /// <summary>The blobs of a request by the hashes of their bytes.</summary>
    public static List<StoredBlob> Blobs(IReadOnlyList<Blob> blobs, int bytesMax)
    {
        if (blobs.Sum(blob => (long)blob.Content.Length) > bytesMax)
        {
            throw RelayFaultException.Of(FaultCode.TooLarge, "blobs");
        }

        if (blobs.Any(blob => blob.Content.Length is < Limits.BlobBytesMin or > Limits.BlobBytesMax))
        {
            throw RelayFaultException.Of(FaultCode.BadBlob, "size");
        }

        return [.. blobs.Select(blob => new StoredBlob(BlobHashes.Of(blob.Content.Span), blob.Content.Memory)).DistinctBy(blob => blob.Hash)];
    }

    public static Blob ToWire(StoredBlob blob) => new() { Content = UnsafeByteOperations.UnsafeWrap(blob.Content) };

    /// <summary>The page as its reader may see it: a former member's ends with the commit that ended the membership.</summary>
    public static GroupPage CutFor(GroupPage page)
    {
        if (page.Reader is not { Ended: { } ended })
        {
            return page;
        }

        var commits = page.Commits.TakeWhile(commit => commit.Head.Seq <= ended.Seq).ToList();
        return page with { Head = ended, Commits = commits, More = page.More && commits.Count == page.Commits.Count && (commits.Count == 0 || commits[^1].Head.Seq < ended.Seq) };
    }

    /// <summary>Hashes of the blobs that a stored commit's puts name, attachments aside.</summary>
    public static IEnumerable<BlobHash> PutBlobs(StoredEntry commit) =>
        GroupBody.Parser.ParseFrom(commit.Entry.Body).Puts.Select(put => BlobHash.Parse(put.BlobHash.Span));

    /// <summary>
    /// Records of a page, each with those of its live blobs that fit what is left of the budget, in order.
    /// </summary>
    public static async ValueTask<(List<CommitRecord> Records, bool AllBlobs)> RecordsAsync(
        IRelayStore store, GroupId group, IReadOnlyList<StoredEntry> commits, int bytesMax, CancellationToken cancellationToken)
    {
        var left = bytesMax - commits.Sum(commit => commit.Bytes);
        var records = new List<CommitRecord>();
        var all = true;
        foreach (var commit in commits)
        {
            var record = new CommitRecord { Commit = commit.Entry };
            var hashes = PutBlobs(commit).Distinct().ToList();
            if (hashes.Count > 0)
            {
                var page = await store.ReadBlobsAsync(group, hashes, Math.Max(left, 0), liveOnly: true, cancellationToken);
                foreach (var blob in page.Found)
                {
                    if (blob.Content.Length <= Math.Min(left, Limits.InlineCommitBytes))
                    {
                        left -= blob.Content.Length;
                        record.Blobs.Add(ToWire(blob));
                    }
                }

                all &= record.Blobs.Count + page.Absent.Count == hashes.Count;
            }

            records.Add(record);
        }

        return (records, all);
    }
}
