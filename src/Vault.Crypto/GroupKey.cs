using System.Buffers.Binary;
using System.Security.Cryptography;
using Vault.Core;
using Vault.Core.Seams;

namespace Vault.Crypto;

/// <summary>
/// K_e, the 32 random bytes of one epoch of one group: sealed to every roster member, committed to in the chain, and the key
/// of everything boxed in that epoch. Older epochs are wrapped under newer ones.
/// </summary>
public sealed class GroupKey : IDisposable
{
    /// <summary>Bytes of a group key.</summary>
    public const int Size = Box.KeySize;

    /// <summary>Bytes of a sealed group key.</summary>
    public const int SealedSize = Hpke.Overhead + Size;

    /// <summary>Bytes of a wrapped older key.</summary>
    public const int WrapSize = Box.Overhead + Size;

    private readonly SecretBytes _key;

    private GroupKey(SecretBytes key) => _key = key;

    /// <summary>The key itself, for boxes of this epoch.</summary>
    public ReadOnlySpan<byte> Bytes => _key.Bytes;

    /// <summary>A new random key.</summary>
    public static GroupKey Create(IRandomSource random) => new(SecretBytes.Create(random, Size));

    /// <summary>A key from its bytes, which are copied.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static GroupKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        return new(SecretBytes.CopyOf(bytes));
    }

    /// <summary>What the chain says of this key: hash of group, epoch and key. It hides the key, for that is 256 random bits.</summary>
    public byte[] Commitment(ReadOnlySpan<byte> group, ulong epoch)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, epoch);
        return TaggedHash.Of(Purpose.HashGroupKey, group, number, _key.Bytes);
    }

    /// <summary>True when the chain's commitment for this group and epoch is to this key; else the epoch is bad.</summary>
    public bool Matches(ReadOnlySpan<byte> group, ulong epoch, ReadOnlySpan<byte> commitment) =>
        CryptographicOperations.FixedTimeEquals(Commitment(group, epoch), commitment);

    /// <summary>Seals this key to one roster member's sealing key, <see cref="SealedSize"/> bytes.</summary>
    /// <exception cref="ArgumentException">The public key is not well formed.</exception>
    public byte[] SealTo(ReadOnlySpan<byte> recipientPublicKey, GroupKeySeal about, IRandomSource random) =>
        Hpke.Seal(recipientPublicKey, about.Info(SealingKey.IdOf(recipientPublicKey)), [], _key.Bytes, random);

    /// <summary>Opens one's own seal; null when it does not open or holds no key.</summary>
    public static GroupKey? Open(SealingKey recipient, GroupKeySeal about, ReadOnlySpan<byte> sealedBytes) =>
        sealedBytes.Length == SealedSize && recipient.TryOpen(about.Info(recipient.KeyId), sealedBytes, out var opened)
            ? Take(opened)
            : null;

    /// <summary>Wraps an older epoch's key under this one, <see cref="WrapSize"/> bytes.</summary>
    public byte[] Wrap(GroupKey older, ReadOnlySpan<byte> group, ulong olderEpoch, ulong newerEpoch, IRandomSource random) =>
        Box.Seal(_key.Bytes, WrapContext(group, olderEpoch, newerEpoch), older._key.Bytes, random);

    /// <summary>Opens a wrapped older key; null when it does not open or holds no key.</summary>
    public GroupKey? Unwrap(ReadOnlySpan<byte> wrap, ReadOnlySpan<byte> group, ulong olderEpoch, ulong newerEpoch) =>
        wrap.Length == WrapSize && Box.TryOpen(_key.Bytes, WrapContext(group, olderEpoch, newerEpoch), wrap, out var opened)
            ? Take(opened)
            : null;

    public void Dispose() => _key.Dispose();

    public override string ToString() => "GroupKey(redacted)";

    private static BoxContext WrapContext(ReadOnlySpan<byte> group, ulong olderEpoch, ulong newerEpoch) =>
        BoxContext.For(Purpose.BoxEpochWrap, group, olderEpoch, newerEpoch);

    private static GroupKey Take(byte[] opened)
    {
        var key = FromBytes(opened);
        CryptographicOperations.ZeroMemory(opened);
        return key;
    }
}
