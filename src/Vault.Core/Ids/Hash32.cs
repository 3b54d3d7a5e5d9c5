using System.Buffers.Binary;
using Google.Protobuf;

namespace Vault.Core.Ids;

/// <summary>32 bytes by value, ordered as bytes: what every id and hash is underneath.</summary>
public readonly record struct Hash32 : IComparable<Hash32>
{
    /// <summary>Bytes.</summary>
    public const int Size = 32;

    // Big-endian words, so that comparing them compares the bytes.
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    private Hash32(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>32 zero bytes: the prev of a genesis.</summary>
    public static Hash32 Zero => default;

    /// <summary>The value in the given bytes; false unless there are exactly 32.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Hash32 value)
    {
        var ok = bytes.Length == Size;
        value = ok ? new Hash32(bytes) : default;
        return ok;
    }

    /// <summary>The value in the given 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32.</exception>
    public static Hash32 Parse(ReadOnlySpan<byte> bytes) =>
        TryParse(bytes, out var value) ? value : throw new ArgumentException("32 bytes are needed.", nameof(bytes));

    public int CompareTo(Hash32 other)
    {
        var order = _a.CompareTo(other._a);
        if (order == 0)
        {
            order = _b.CompareTo(other._b);
        }

        if (order == 0)
        {
            order = _c.CompareTo(other._c);
        }

        return order == 0 ? _d.CompareTo(other._d) : order;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The 32 bytes, as a protobuf field.</summary>
    public ByteString ToByteString() => UnsafeByteOperations.UnsafeWrap(ToArray());

    // SHA-256 output is uniform already, so any 32 bits of it are a hash code; the same in every process.
    public override int GetHashCode() => (int)(_a >> 32);

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
