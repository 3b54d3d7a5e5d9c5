using Vault.Core.Ids;

namespace Vault.Core;

/// <summary>Names of blobs: items, attachment chunks, wraps and locker parts.</summary>
public static class BlobHashes
{
    /// <summary>The hash that names a blob, over its bytes as boxed.</summary>
    public static BlobHash Of(ReadOnlySpan<byte> blob) => BlobHash.Parse(TaggedHash.Of(Purpose.HashBlob, blob));
}
