using System.Buffers.Binary;
using Google.Protobuf;
using Vault.Core.Ids;

namespace Vault.Core;

/// <summary>
/// Where to read on in one group: a cursor, never evidence. 73 bytes: version 1 ‖ group ‖ seq as u64be ‖ commit id.
/// Opaque to callers; the relay checks that the position is on the chain it holds, so a foreign one shows at once.
/// </summary>
public readonly record struct ChangeToken(GroupId Group, ChainHead Head)
{
    private const byte Version = 1;

    /// <summary>The token in the bytes; false when they are no token of this format.</summary>
    public static bool TryParse(ByteString bytes, out ChangeToken token)
    {
        token = default;
        var span = bytes.Span;
        if (span.Length != Limits.ChangeTokenBytes || span[0] != Version)
        {
            return false;
        }

        token = new ChangeToken(
            GroupId.Parse(span[1..33]),
            new ChainHead(BinaryPrimitives.ReadUInt64BigEndian(span[33..]), EntryId.Parse(span[41..])));
        return true;
    }

    /// <summary>The 73 bytes.</summary>
    public ByteString ToByteString()
    {
        var bytes = new byte[Limits.ChangeTokenBytes];
        bytes[0] = Version;
        Group.Value.CopyTo(bytes.AsSpan(1));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(33), Head.Seq);
        Head.Id.Value.CopyTo(bytes.AsSpan(41));
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
