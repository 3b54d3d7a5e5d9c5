using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Hosting;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>
/// Commits that were cut off a chain, with the blobs that they brought: PushSuffix requests one after the other, each behind its
/// length, so that any client of the relay could push them as they are.
/// </summary>
internal static class SuffixFile
{
    private const int CommitsPerRequest = 256;
    private const long BytesPerRequest = 1 << 20;
    private const string Pattern = "cut-*.suffix";

    /// <summary>The files of a data directory, by name.</summary>
    public static IReadOnlyList<string> In(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory, Pattern).Order(StringComparer.Ordinal)] : [];

    /// <summary>Writes a file of its own and syncs it.</summary>
    public static string Write(
        string directory, GroupId group, IReadOnlyList<StoredEntry> commits, IEnumerable<StoredBlob> blobs, DateTimeOffset now)
    {
        var name = $"cut-{group.ToString()[..16]}-{commits[0].Head.Seq}-{commits[^1].Head.Seq}-{now:yyyyMMdd'T'HHmmssfff'Z'}.suffix";
        var path = Path.Combine(directory, name);
        using (var file = DataDirectory.OwnFile(path, FileMode.CreateNew))
        {
            foreach (var request in Requests(group, commits, blobs))
            {
                request.WriteDelimitedTo(file);
            }

            file.Flush(flushToDisk: true);
        }

        DirectorySync.Flush(directory);
        return path;
    }

    /// <summary>The group, the commits in order and the blobs of a file.</summary>
    /// <exception cref="MaintenanceException">There is none, or it holds something else.</exception>
    public static (GroupId Group, IReadOnlyList<SignedEntry> Commits, IReadOnlyList<StoredBlob> Blobs) Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new MaintenanceException(ExitCodes.NotFound, $"{path}: no such file.");
        }

        var requests = new List<PushSuffixRequest>();
        try
        {
            using var file = File.OpenRead(path);
            while (file.Position < file.Length)
            {
                requests.Add(PushSuffixRequest.Parser.ParseDelimitedFrom(file));
            }
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new MaintenanceException(ExitCodes.Failed, $"{path} holds no cut commits.", e);
        }

        List<SignedEntry> commits = [.. requests.SelectMany(request => request.Commits)];
        if (commits.Count == 0 || !GroupId.TryParse(requests[0].Group, out var group) || requests.Any(one => one.Group != requests[0].Group))
        {
            throw new MaintenanceException(ExitCodes.Failed, $"{path} holds no cut commits of one group.");
        }

        return (
            group, commits,
            [.. requests.SelectMany(request => request.Blobs).Select(blob => new StoredBlob(BlobHashes.Of(blob.Content.Span), blob.Content.Memory))]);
    }

    private static IEnumerable<PushSuffixRequest> Requests(GroupId group, IReadOnlyList<StoredEntry> commits, IEnumerable<StoredBlob> blobs)
    {
        var request = new PushSuffixRequest { Group = group.ToByteString() };
        var bytes = 0L;
        foreach (var commit in commits)
        {
            if (request.Commits.Count == CommitsPerRequest || (bytes > 0 && bytes + commit.Bytes > BytesPerRequest))
            {
                yield return request;
                request = new PushSuffixRequest { Group = group.ToByteString() };
                bytes = 0;
            }

            request.Commits.Add(commit.Entry);
            bytes += commit.Bytes;
        }

        yield return request;
        foreach (var blob in blobs)
        {
            yield return new PushSuffixRequest { Group = group.ToByteString(), Blobs = { ToWire(blob) } };
        }
    }

    private static Blob ToWire(StoredBlob blob) => new() { Content = UnsafeByteOperations.UnsafeWrap(blob.Content) };
}
