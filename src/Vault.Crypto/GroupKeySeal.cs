using Vault.Core;

namespace Vault.Crypto;

/// <summary>
/// What a sealed group key is bound to. HPKE base mode authenticates nobody, so the author stands in the info as well: a seal
/// lifted into another author's commit, group or epoch does not open.
/// </summary>
public sealed class GroupKeySeal
{
    private readonly byte[] _group;
    private readonly ulong _epoch;
    private readonly byte[] _recipient;
    private readonly byte[] _author;

    /// <summary>Group, recipient account and author account are ids of 32 bytes.</summary>
    /// <exception cref="ArgumentException">An id has another length.</exception>
    public GroupKeySeal(ReadOnlySpan<byte> group, ulong epoch, ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> author)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(group.Length, TaggedHash.Size);
        ArgumentOutOfRangeException.ThrowIfNotEqual(recipient.Length, TaggedHash.Size);
        ArgumentOutOfRangeException.ThrowIfNotEqual(author.Length, TaggedHash.Size);
        _group = group.ToArray();
        _epoch = epoch;
        _recipient = recipient.ToArray();
        _author = author.ToArray();
    }

    /// <summary>HPKE's info: tag, group, epoch, recipient account, recipient key id, author account, each length-prefixed.</summary>
    internal byte[] Info(ReadOnlySpan<byte> recipientKeyId) =>
        ContextPart.Encode(Purpose.SealGroupKey, [_group, _epoch, _recipient, recipientKeyId, _author]);
}
