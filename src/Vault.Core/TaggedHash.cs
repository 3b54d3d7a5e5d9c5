using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Vault.Core;

/// <summary>
/// SHA-256 over length-prefixed parts, the first of them the tag: <c>u32be(len) ‖ part</c> for each (FORMAT.md, section 2).
/// Prefixes make the concatenation injective, so two different lists of parts never hash alike.
/// </summary>
public static class TaggedHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = 32;

    public static byte[] Of(Purpose tag, ReadOnlySpan<byte> a)
    {
        using var hash = Start(tag);
        Append(hash, a);
        return hash.GetHashAndReset();
    }

    public static byte[] Of(Purpose tag, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        using var hash = Start(tag);
        Append(hash, a);
        Append(hash, b);
        return hash.GetHashAndReset();
    }

    public static byte[] Of(Purpose tag, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c)
    {
        using var hash = Start(tag);
        Append(hash, a);
        Append(hash, b);
        Append(hash, c);
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of any number of parts.</summary>
    public static byte[] OfAll(Purpose tag, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        using var hash = Start(tag);
        foreach (var part in parts)
        {
            Append(hash, part.Span);
        }

        return hash.GetHashAndReset();
    }

    private static IncrementalHash Start(Purpose tag)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, tag.Bytes);
        return hash;
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
