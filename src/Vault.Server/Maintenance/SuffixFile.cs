using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Hosting;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>
/// Commits that follow on some commit of a chain and are not in it, with the blobs that they brought: what was cut off, or what a member
/// brought in a recovery window. PushSuffix requests one after the other, each behind its length, so that any client of the relay
/// could push them as they are.
/// </summary>
internal static class SuffixFile
{
    private const int CommitsPerRequest = 256;
    private const long BytesPerRequest = 1 << 20;
    private const string CutOff = "cut-";
    private const string Brought = "brought-";
    private const string Picked = "picked-";
    private const string Extension = ".suffix";

    /// <summary>The files of a data directory, by name.</summary>
    public static IReadOnlyList<string> In(string directory) =>
        Directory.Exists(directory)
            ? [.. Directory.EnumerateFiles(directory, "*" + Extension).Where(file => IsBrought(file) || IsOf(file, CutOff)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Whether a file holds what a member brought in a window, so that more may be written to its end.</summary>
    public static bool IsBrought(string path) => IsOf(path, Brought);

    /// <summary>Writes commits that are cut off to a file of its own and syncs it.</summary>
    public static string Write(
        string directory, GroupId group, IReadOnlyList<StoredEntry> commits, IEnumerable<StoredBlob> blobs, DateTimeOffset now)
    {
        var path = Path.Combine(directory, $"{CutOff}{NameOf(group, commits[0].Head.Seq)}-{commits[^1].Head.Seq}-{Stamp(now)}{Extension}");
        Create(path, group, commits, blobs);
        DirectorySync.Flush(directory);
        return path;
    }

    /// <summary>Begins a file for a branch that a member brings: synced, and in its place only when it is whole.</summary>
    public static string Begin(
        string directory, GroupId group, IReadOnlyList<StoredEntry> commits, IEnumerable<StoredBlob> blobs, DateTimeOffset now)
    {
        var name = $"{Brought}{NameOf(group, commits[0].Head.Seq)}-{commits[0].Head.Id.ToString()[..16]}-{Stamp(now)}";
        var path = Path.Combine(directory, name + Extension);
        for (var other = 2; File.Exists(path); other++)
        {
            path = Path.Combine(directory, $"{name}-{other}{Extension}");
        }

        var arriving = path + ".arriving";
        File.Delete(arriving);
        try
        {
            Create(arriving, group, commits, blobs);
            File.Move(arriving, path);
        }
        catch
        {
            File.Delete(arriving);
            throw;
        }

        DirectorySync.Flush(directory);
        return path;
    }

    /// <summary>Writes more to a file that was brought, after what is whole of it, and syncs it. Where it ends then.</summary>
    public static long Append(string path, long whole, GroupId group, IReadOnlyList<StoredEntry> commits, IEnumerable<StoredBlob> blobs)
    {
        using var file = OpenShared(path, FileAccess.ReadWrite);
        file.SetLength(whole);
        file.Seek(whole, SeekOrigin.Begin);
        try
        {
            WriteTo(file, group, commits, blobs);
            return file.Length;
        }
        catch (IOException)
        {
            // What was not synced is not to be taken for kept when it is read again.
            file.SetLength(whole);
            throw;
        }
    }

    /// <summary>Syncs a file that another process may have left unsynced.</summary>
    public static void Sync(string path)
    {
        using (var file = OpenShared(path, FileAccess.ReadWrite))
        {
            file.Flush(flushToDisk: true);
        }

        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>The brought files of a group, by name.</summary>
    public static IReadOnlyList<string> BroughtOf(string directory, GroupId group) =>
        [.. Directory.EnumerateFiles(directory, $"{Brought}{group.ToString()[..16]}-*{Extension}").Order(StringComparer.Ordinal)];

    /// <summary>The files of what was cut off from a place of a group on, by name.</summary>
    public static IReadOnlyList<string> CutOf(string directory, GroupId group, ulong from) =>
        [.. Directory.EnumerateFiles(directory, $"{CutOff}{NameOf(group, from)}-*{Extension}").Order(StringComparer.Ordinal)];

    /// <summary>
    /// Whether a commit is a file's first. Another signature under the same body makes no other commit of it (attack: who signs twice
    /// brings back what was cut off). A file that holds something else begins with nothing.
    /// </summary>
    public static bool BeginsWith(string path, GroupId group, SignedEntry commit)
    {
        try
        {
            return Requests(path).Select(one => one.Request).FirstOrDefault() is { Commits: [var first, ..] } request
                && request.Group == group.ToByteString() && first.Body == commit.Body;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    /// <summary>
    /// Renames a file whose commits stand now, so that it no longer counts as cut off: a relay that is restored to before them takes
    /// them back from its members. Where it lies then.
    /// </summary>
    public static string Settle(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        var settled = Path.Combine(directory, Picked + Path.GetFileName(path)[CutOff.Length..]);
        File.Move(path, settled, overwrite: true);
        DirectorySync.Flush(directory);
        return settled;
    }

    /// <summary>What all brought files of a directory take.</summary>
    public static long BroughtBytes(string directory) =>
        new DirectoryInfo(directory).EnumerateFiles($"{Brought}*{Extension}").Sum(file => file.Length);

    /// <summary>
    /// The requests of a file, each with where it ends. Of a brought file those that are whole: what a kill left at its end was never
    /// acknowledged.
    /// </summary>
    /// <exception cref="InvalidProtocolBufferException">A cut file holds something else.</exception>
    public static IEnumerable<(PushSuffixRequest Request, long End)> Requests(string path)
    {
        using var file = OpenShared(path, FileAccess.Read);
        ByteString? group = null;
        while (file.Position < file.Length)
        {
            PushSuffixRequest request;
            try
            {
                request = PushSuffixRequest.Parser.ParseDelimitedFrom(file);
            }
            catch (InvalidProtocolBufferException) when (IsBrought(path))
            {
                yield break;
            }

            group ??= request.Group;
            if (request.Group != group && IsBrought(path))
            {
                yield break;
            }

            yield return (request, file.Position);
        }
    }

    /// <summary>The group, the commits in order and the blobs of a file.</summary>
    /// <exception cref="MaintenanceException">There is none, or it holds something else.</exception>
    public static (GroupId Group, IReadOnlyList<SignedEntry> Commits, IReadOnlyList<StoredBlob> Blobs) Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new MaintenanceException(ExitCodes.NotFound, $"{path}: no such file.");
        }

        List<PushSuffixRequest> requests;
        try
        {
            requests = [.. Requests(path).Select(one => one.Request)];
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new MaintenanceException(ExitCodes.Failed, $"{path} holds no branch.", e);
        }

        List<SignedEntry> commits = [.. requests.SelectMany(request => request.Commits)];
        if (commits.Count == 0 || !GroupId.TryParse(requests[0].Group, out var group) || requests.Any(one => one.Group != requests[0].Group))
        {
            throw new MaintenanceException(ExitCodes.Failed, $"{path} holds no branch of one group.");
        }

        return (
            group, commits,
            [.. requests.SelectMany(request => request.Blobs).Select(blob => new StoredBlob(BlobHashes.Of(blob.Content.Span), blob.Content.Memory))]);
    }

    // The relay may be writing while an operator reads. What it writes is not held back: it would come out after a failure.
    private static FileStream OpenShared(string path, FileAccess access) =>
        new(path, FileMode.Open, access, FileShare.ReadWrite, access == FileAccess.Read ? 4_096 : 0);

    private static bool IsOf(string path, string kind) => Path.GetFileName(path).StartsWith(kind, StringComparison.Ordinal);

    private static string NameOf(GroupId group, ulong from) => $"{group.ToString()[..16]}-{from}";

    private static string Stamp(DateTimeOffset now) => $"{now:yyyyMMdd'T'HHmmssfff'Z'}";

    private static void Create(string path, GroupId group, IReadOnlyList<StoredEntry> commits, IEnumerable<StoredBlob> blobs)
    {
        using var file = DataDirectory.OwnFile(path, FileMode.CreateNew);
        WriteTo(file, group, commits, blobs);
    }

    private static void WriteTo(FileStream file, GroupId group, IReadOnlyList<StoredEntry> commits, IEnumerable<StoredBlob> blobs)
    {
        foreach (var request in ToRequests(group, commits, blobs))
        {
            request.WriteDelimitedTo(file);
        }

        file.Flush(flushToDisk: true);
    }

    private static IEnumerable<PushSuffixRequest> ToRequests(GroupId group, IReadOnlyList<StoredEntry> commits, IEnumerable<StoredBlob> blobs)
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

        if (request.Commits.Count > 0)
        {
            yield return request;
        }

        foreach (var blob in blobs)
        {
            yield return new PushSuffixRequest { Group = group.ToByteString(), Blobs = { ToWire(blob) } };
        }
    }

    private static Blob ToWire(StoredBlob blob) => new() { Content = UnsafeByteOperations.UnsafeWrap(blob.Content) };
}
