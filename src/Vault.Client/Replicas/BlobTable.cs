using Vault.Core;
using Vault.Core.Ids;

namespace Vault.Client.Replicas;

/// <summary>Item blobs as boxed: live ones, and former ones for as long as <see cref="SupersededTable"/> names them.</summary>
internal sealed class BlobTable(ReplicaDatabase database)
{
    /// <summary>The blob. Null: it is not here, or it was changed on disk (attack: an item's older blob under the newer one's hash).</summary>
    public byte[]? Read(GroupId group, BlobHash hash) => database.Query(
        "SELECT content FROM blob WHERE grp=$g AND hash=$h",
        row => row.GetFieldValue<byte[]>(0),
        ("$g", group.ToArray()), ("$h", hash.ToArray())).FirstOrDefault() is { } content && BlobHashes.Of(content) == hash ? content : null;

    public bool Has(GroupId group, BlobHash hash) => database.Query(
        "SELECT 1 FROM blob WHERE grp=$g AND hash=$h", row => row.GetInt32(0), ("$g", group.ToArray()), ("$h", hash.ToArray())).Count > 0;

    /// <summary>How large a blob is. Null: it is not here.</summary>
    public long? SizeOf(GroupId group, BlobHash hash) => database.Query(
        "SELECT length(content) FROM blob WHERE grp=$g AND hash=$h", row => (long?)row.GetInt64(0), ("$g", group.ToArray()), ("$h", hash.ToArray())).FirstOrDefault();

    /// <summary>Hashes that are here.</summary>
    public HashSet<BlobHash> Present(GroupId group) =>
        [.. database.QueryReadable("SELECT hash FROM blob WHERE grp=$g ORDER BY hash", row => BlobHash.Parse(row.GetFieldValue<byte[]>(0)), ("$g", group.ToArray()))];

    /// <summary>Keeps a blob under the hash of its bytes, which is computed here and never told.</summary>
    public BlobHash Add(GroupId group, ReadOnlySpan<byte> content)
    {
        var hash = BlobHashes.Of(content);
        database.Execute(
            "INSERT OR REPLACE INTO blob VALUES ($g, $h, $c)",
            ("$g", group.ToArray()), ("$h", hash.ToArray()), ("$c", content.ToArray()));
        return hash;
    }

    public void Delete(GroupId group, BlobHash hash) =>
        database.Execute("DELETE FROM blob WHERE grp=$g AND hash=$h", ("$g", group.ToArray()), ("$h", hash.ToArray()));
}
