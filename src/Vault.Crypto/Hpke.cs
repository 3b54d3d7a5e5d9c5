using System.Security.Cryptography;
using NSec.Cryptography;
using Vault.Core.Seams;

namespace Vault.Crypto;

/// <summary>
/// Sealing to a person: HPKE (RFC 9180) base mode, single shot, KEM X-Wing 0x647a, HKDF-SHA-256, ChaCha20-Poly1305. X-Wing's
/// shared secret is HPKE's as it is (draft-connolly-cfrg-xwing-kem, section 6). Base mode authenticates nobody: whatever
/// carries a seal must be signed by its author.
/// </summary>
public static class Hpke
{
    /// <summary>Bytes a seal is longer than its plaintext: the encapsulation and the tag.</summary>
    public const int Overhead = XWing.CiphertextSize + TagSize;

    private const ushort KemXWing = 0x647a;
    private const int TagSize = 16;

    /// <summary>Seals to a public key; the result is <c>enc(1120) ‖ ciphertext and tag</c>.</summary>
    /// <exception cref="ArgumentException">
    /// The key is not well formed. Such keys are refused before they enter a chain, so this is the caller's mistake.
    /// </exception>
    public static byte[] Seal(
        ReadOnlySpan<byte> recipientPublicKey,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> plaintext,
        IRandomSource random)
    {
        var sealedBytes = new byte[checked(Overhead + plaintext.Length)];
        using var seed = SecretBytes.Create(random, XWing.EncapsulationSeedSize);
        using var sharedSecret = SecretBytes.Allocate(XWing.SharedSecretSize);
        var enc = sealedBytes.AsSpan(0, XWing.CiphertextSize);
        if (!XWing.TryEncapsulate(recipientPublicKey, seed.Bytes, enc, sharedSecret.Writable))
        {
            throw new ArgumentException("Nobody can seal to this key: it is not a well-formed X-Wing public key.", nameof(recipientPublicKey));
        }

        using var schedule = HpkeSchedule.Derive(KemXWing, sharedSecret.Bytes, info);
        using var key = Import(schedule);
        AeadAlgorithm.ChaCha20Poly1305.Encrypt(
            key, schedule.BaseNonce, associatedData, plaintext, sealedBytes.AsSpan(XWing.CiphertextSize));
        return sealedBytes;
    }

    /// <summary>Opens with the 32-byte secret seed. Any wrong length, info, associated data, key or byte is the same false.</summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> sealingSeed,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> sealedBytes,
        out byte[] plaintext)
    {
        plaintext = [];
        if (sealedBytes.Length < Overhead)
        {
            return false;
        }

        using var sharedSecret = SecretBytes.Allocate(XWing.SharedSecretSize);
        if (!XWing.TryDecapsulate(sealingSeed, sealedBytes[..XWing.CiphertextSize], sharedSecret.Writable))
        {
            return false;
        }

        using var schedule = HpkeSchedule.Derive(KemXWing, sharedSecret.Bytes, info);
        using var key = Import(schedule);
        var opened = new byte[sealedBytes.Length - Overhead];
        if (!AeadAlgorithm.ChaCha20Poly1305.Decrypt(
            key, schedule.BaseNonce, associatedData, sealedBytes[XWing.CiphertextSize..], opened))
        {
            CryptographicOperations.ZeroMemory(opened);
            return false;
        }

        plaintext = opened;
        return true;
    }

    private static Key Import(HpkeSchedule schedule) =>
        Key.Import(AeadAlgorithm.ChaCha20Poly1305, schedule.Key, KeyBlobFormat.RawSymmetricKey);
}
