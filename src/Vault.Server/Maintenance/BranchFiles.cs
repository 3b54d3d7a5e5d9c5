using System.Collections.Immutable;
using Vault.Core;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>
/// Keeps the branches that members bring in a recovery window, each in a file beside the database, where <c>svault-server branches</c>
/// lists them and <c>pick</c> takes them. Calls block until the disk has synced: a window is no busy time.
/// </summary>
internal sealed class BranchFiles(string directory, TimeProvider time) : IBranchStore
{
    private const long IndexBytes = 16 << 20;

    private readonly Lock _gate = new();
    private readonly BoundedCache<string, KeptBranch> _read = new(IndexBytes, Weigh);

    public long Bytes => Guarded(() => SuffixFile.BroughtBytes(directory));

    /// <summary>Whose branch a file holds, and what of it. Null: no branch.</summary>
    public static (GroupId Group, KeptBranch Branch)? Index(string path)
    {
        GroupId? group = null;
        ChainHead fork = default;
        List<ChainHead> heads = [];
        var puts = ImmutableHashSet.CreateBuilder<BlobHash>();
        var blobs = ImmutableHashSet.CreateBuilder<BlobHash>();
        var bytes = 0L;
        foreach (var (request, end) in SuffixFile.Requests(path))
        {
            group ??= GroupId.TryParse(request.Group, out var named) ? named : null;
            foreach (var commit in request.Commits)
            {
                if (!Canonical.TryParse(GroupBody.Parser, commit.Body, out var body) || body.Seq == 0 || !EntryId.TryParse(body.Prev, out var prev))
                {
                    return null;
                }

                fork = heads.Count == 0 ? new ChainHead(body.Seq - 1, prev) : fork;
                var after = heads.Count == 0 ? fork : heads[^1];
                heads.Add(new ChainHead(after.Seq + 1, EntryIds.OfGroupCommit(after.Id, commit)));
                puts.UnionWith(BlobNames.Of([body]));
            }

            blobs.UnionWith(request.Blobs.Select(blob => BlobHashes.Of(blob.Content.Span)));
            bytes = end;
        }

        return heads.Count == 0 || group is not { } id ? null : (id, new KeptBranch(path, fork, heads, puts.ToImmutable(), blobs.ToImmutable(), bytes));
    }

    public bool IsCutOff(GroupId group, ulong seq, SignedEntry commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return Guarded(() => SuffixFile.CutOf(directory, group, seq).Any(file => SuffixFile.BeginsWith(file, group, commit)));
    }

    public KeptBranches Of(GroupId group) => Guarded(() => Read(group));

    public IReadOnlyList<SignedEntry> Commits(KeptBranch branch)
    {
        ArgumentNullException.ThrowIfNull(branch);
        return Guarded(() => SuffixFile.Requests(branch.Name).SelectMany(one => one.Request.Commits).Take(branch.Heads.Count).ToList());
    }

    public bool TryKeep(KeptBranches seen, KeptBranch? branch, IReadOnlyList<StoredEntry> commits, IReadOnlyList<StoredBlob> blobs)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Guarded(() =>
        {
            if (!Read(seen.Group).IsSame(seen))
            {
                return false;
            }

            if (branch is null)
            {
                SuffixFile.Begin(directory, seen.Group, commits, blobs, time.GetUtcNow());
                return true;
            }

            _read.Remove(branch.Name);
            var bytes = SuffixFile.Append(branch.Name, branch.Bytes, seen.Group, commits, blobs);
            _read.Put(branch.Name, branch with
            {
                Heads = [.. branch.Heads, .. commits.Select(commit => commit.Head)],
                Named = [.. branch.Named, .. BlobNames.Of(commits.Select(commit => GroupBody.Parser.ParseFrom(commit.Entry.Body)))],
                Blobs = [.. branch.Blobs, .. blobs.Select(blob => blob.Hash)],
                Bytes = bytes,
            });
            return true;
        });
    }

    private KeptBranches Read(GroupId group)
    {
        var branches = new List<KeptBranch>();
        foreach (var path in SuffixFile.BroughtOf(directory, group))
        {
            var branch = _read.Get(path);
            if (branch is null && Index(path) is { } found && found.Group == group)
            {
                // A process that was killed may have written this and not synced it.
                SuffixFile.Sync(path);
                branch = found.Branch;
                _read.Put(path, branch);
            }

            if (branch is not null)
            {
                branches.Add(branch);
            }
        }

        return new KeptBranches(group, branches);
    }

    private T Guarded<T>(Func<T> work)
    {
        lock (_gate)
        {
            try
            {
                return work();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StoreUnavailableException($"Branches cannot be kept: {e.Message}", e);
            }
        }
    }

    private static long Weigh(KeptBranch branch) => 512 + (branch.Heads.Count * 48L) + ((branch.Named.Count + branch.Blobs.Count) * 64L);
}
