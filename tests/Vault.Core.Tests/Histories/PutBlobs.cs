using Vault.Protocol.V1;

namespace Vault.Core.Tests.Histories;

/// <summary>
/// The blobs that a history's puts name. Their bytes follow from the put's op id, so that whoever has the commit can make
/// them: a relay takes no put whose blob it was not given. Nobody opens them.
/// </summary>
internal static class PutBlobs
{
    public static byte[] OfItem(PutItem put) => Repeated(put, put.BlobSize, 0);

    public static byte[] OfAttachment(PutItem put, AttachmentChunk chunk) => Repeated(put, chunk.Size, 1);

    /// <summary>The blobs of a body. Null when a hash is not that of the bytes: spoilt, and nobody has such a blob.</summary>
    public static List<byte[]>? Of(GroupBody body)
    {
        var sizes = body.Puts.SelectMany(put => put.Attachments.Select(chunk => chunk.Size).Prepend(put.BlobSize));
        if (sizes.Any(size => size is < Limits.BlobBytesMin or > Limits.BlobBytesMax))
        {
            return null;
        }

        var blobs = new List<byte[]>();
        foreach (var put in body.Puts)
        {
            blobs.Add(OfItem(put));
            blobs.AddRange(put.Attachments.Select(chunk => OfAttachment(put, chunk)));
        }

        var named = body.Puts.SelectMany(put => put.Attachments.Select(chunk => chunk.Hash).Prepend(put.BlobHash));
        return blobs.Select(blob => BlobHashes.Of(blob).ToByteString()).SequenceEqual(named) ? blobs : null;
    }

    private static byte[] Repeated(PutItem put, uint size, byte kind)
    {
        var blob = new byte[size];
        for (var at = 0; at < blob.Length && !put.OpId.IsEmpty; at += put.OpId.Length)
        {
            put.OpId.Span[..Math.Min(put.OpId.Length, blob.Length - at)].CopyTo(blob.AsSpan(at));
        }

        blob[0] ^= kind;
        return blob;
    }
}
