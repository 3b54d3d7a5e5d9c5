using System.Buffers.Binary;
using Vault.Core;

namespace Vault.Crypto;

/// <summary>
/// One part of what a key, box or seal is bound to: bytes, or an integer as eight bytes big-endian. Contexts are public;
/// no secret goes here.
/// </summary>
public readonly struct ContextPart
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private ContextPart(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>The encoded part.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    public static implicit operator ContextPart(byte[] bytes) => new(bytes);

    public static implicit operator ContextPart(ReadOnlyMemory<byte> bytes) => new(bytes);

    public static implicit operator ContextPart(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    public static implicit operator ContextPart(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return new(bytes);
    }

    /// <summary>
    /// <c>u32be(len) ‖ part</c> for the purpose's tag and then each part: the encoding of <see cref="TaggedHash"/>, injective,
    /// so no two contexts look alike however their parts are cut.
    /// </summary>
    internal static byte[] Encode(Purpose purpose, ReadOnlySpan<ContextPart> parts)
    {
        var size = 4 + purpose.Bytes.Length;
        foreach (var part in parts)
        {
            size = checked(size + 4 + part.Bytes.Length);
        }

        var encoded = new byte[size];
        var rest = Append(encoded, purpose.Bytes);
        foreach (var part in parts)
        {
            rest = Append(rest, part.Bytes);
        }

        return encoded;
    }

    private static Span<byte> Append(Span<byte> destination, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)part.Length);
        part.CopyTo(destination[4..]);
        return destination[(4 + part.Length)..];
    }
}
