using Google.Protobuf;

namespace Vault.Core.Ids;

/// <summary>One entry of either chain: the hash of its predecessor's id and of its signed bytes. 32 bytes.</summary>
public readonly record struct EntryId(Hash32 Value) : IComparable<EntryId>
{
    public int CompareTo(EntryId other) => Value.CompareTo(other.Value);

    /// <summary>The id in the given bytes; false unless there are exactly 32.</summary>
    public static bool TryParse(ByteString bytes, out EntryId id)
    {
        var ok = Hash32.TryParse(bytes.Span, out var value);
        id = new EntryId(value);
        return ok;
    }

    /// <summary>The id in the given 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32.</exception>
    public static EntryId Parse(ReadOnlySpan<byte> bytes) => new(Hash32.Parse(bytes));

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray() => Value.ToArray();

    /// <summary>The 32 bytes, as a protobuf field.</summary>
    public ByteString ToByteString() => Value.ToByteString();

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();
}
