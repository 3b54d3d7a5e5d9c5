using System.Buffers.Binary;
using System.Security.Cryptography;
using Vault.Core;
using Vault.Core.Ids;

namespace Vault.Crypto.Accounts;

/// <summary>
/// HMAC-SHA-256 over a chain's head and state hash, under a key from the storage key: checked at unlock before any key is used
/// (attack: edit the replica while locked). Local; never leaves the device.
/// </summary>
public static class ReplicaMac
{
    /// <summary>Bytes of a MAC.</summary>
    public const int Size = 32;

    /// <summary>The MAC of one chain at one head.</summary>
    public static byte[] Of(SecretBytes storageKey, Hash32 chain, ChainHead head, Hash32 stateHash)
    {
        using var key = Hkdf.DeriveSecret(storageKey.Bytes, Purpose.DeriveReplicaMac, Size);
        Span<byte> seq = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(seq, head.Seq);
        var message = ContextPart.Encode(
            Purpose.MacReplicaState, [chain.ToArray(), seq, head.Id.ToArray(), stateHash.ToArray()]);
        return HMACSHA256.HashData(key.Bytes, message);
    }

    /// <summary>Whether a MAC read from disk is the one of this chain at this head.</summary>
    public static bool Verify(SecretBytes storageKey, Hash32 chain, ChainHead head, Hash32 stateHash, ReadOnlySpan<byte> mac) =>
        CryptographicOperations.FixedTimeEquals(Of(storageKey, chain, head, stateHash), mac);
}
