using System.Buffers.Binary;
using Google.Protobuf;

namespace Vault.Core.Ids;

/// <summary>One credential record in a group: 16 random bytes, ordered as bytes.</summary>
public readonly record struct ItemId : IComparable<ItemId>
{
    /// <summary>Bytes.</summary>
    public const int Size = 16;

    private readonly ulong _a;
    private readonly ulong _b;

    private ItemId(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
    }

    /// <summary>The id in the given bytes; false unless there are exactly 16.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ItemId id)
    {
        var ok = bytes.Length == Size;
        id = ok ? new ItemId(bytes) : default;
        return ok;
    }

    /// <summary>The id in the given 16 bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 16.</exception>
    public static ItemId Parse(ReadOnlySpan<byte> bytes) =>
        TryParse(bytes, out var id) ? id : throw new ArgumentException("16 bytes are needed.", nameof(bytes));

    public int CompareTo(ItemId other)
    {
        var order = _a.CompareTo(other._a);
        return order == 0 ? _b.CompareTo(other._b) : order;
    }

    /// <summary>The 16 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _a);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), _b);
        return bytes;
    }

    /// <summary>The 16 bytes, as a protobuf field.</summary>
    public ByteString ToByteString() => UnsafeByteOperations.UnsafeWrap(ToArray());

    public override int GetHashCode() => (int)(_a >> 32);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
