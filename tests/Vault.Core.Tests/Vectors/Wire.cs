using Google.Protobuf;

namespace Vault.Core.Tests.Vectors;

/// <summary>Bytes that no encoder makes: unknown fields, other orders, long varints, defaults spelled out.</summary>
internal static class Wire
{
    /// <summary>Field 99, a varint, behind everything.</summary>
    public static ByteString UnknownField(ByteString bytes) => Append(bytes, 0x98, 0x06, 0x01);

    public static ByteString Append(ByteString bytes, params byte[] more) => ByteString.CopyFrom([.. bytes.Span, .. more]);

    /// <summary>The version field (number 1, which stands first) behind everything.</summary>
    public static ByteString VersionLast(ByteString bytes) => ByteString.CopyFrom([.. bytes.Span[2..], .. bytes.Span[..2]]);

    /// <summary>The version field twice.</summary>
    public static ByteString VersionTwice(ByteString bytes) => ByteString.CopyFrom([.. bytes.Span[..2], .. bytes.Span]);

    /// <summary>Version 1 as a varint of two bytes.</summary>
    public static ByteString LongVersion(ByteString bytes) => ByteString.CopyFrom([bytes[0], 0x81, 0x00, .. bytes.Span[2..]]);

    /// <summary>The version as 2^32 and a little more, which does not fit its 32 bits.</summary>
    public static ByteString VersionAbove32Bits(ByteString bytes, byte more) =>
        ByteString.CopyFrom([bytes[0], (byte)(0x80 | more), 0x80, 0x80, 0x80, 0x10, .. bytes.Span[2..]]);

    /// <summary>Field 99 as a group in a group, so many deep.</summary>
    public static byte[] Groups(int depth) =>
        [.. Enumerable.Repeat<byte[]>([0x9b, 0x06], depth).Concat(Enumerable.Repeat<byte[]>([0x9c, 0x06], depth)).SelectMany(tag => tag)];

    /// <summary>A field of length 0 or value 0, written behind the version although it is the default.</summary>
    public static ByteString ExplicitDefault(ByteString bytes, byte tag) => ByteString.CopyFrom([.. bytes.Span[..2], tag, 0x00, .. bytes.Span[2..]]);

    public static ByteString Flip(ByteString bytes, int bit)
    {
        var flipped = bytes.ToByteArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return ByteString.CopyFrom(flipped);
    }
}
