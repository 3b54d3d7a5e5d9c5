using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Vault.Core;
using Vault.Core.Seams;

namespace Vault.Client.Replicas;

/// <summary>Names one edit of one device: 16 random bytes.</summary>
internal readonly record struct OperationId
{
    private readonly UInt128 _value;

    private OperationId(UInt128 value) => _value = value;

    public static OperationId Create(IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[Limits.OperationIdBytes];
        random.Fill(bytes);
        return Parse(bytes);
    }

    public static OperationId Parse(ReadOnlySpan<byte> bytes) =>
        new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public static bool TryParseText(string text, [NotNullWhen(true)] out OperationId? id)
    {
        id = text.Length == 32 && UInt128.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value)
            ? new OperationId(value)
            : null;
        return id is not null;
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Limits.OperationIdBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, _value);
        return bytes;
    }

    public ByteString ToByteString() => UnsafeByteOperations.UnsafeWrap(ToArray());

    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
