using System.Security.Cryptography;
using Vault.Core.Seams;

namespace Vault.Crypto;

/// <summary>
/// The one symmetric encryption: <c>version(1) ‖ salt(32) ‖ commitment(32) ‖ ciphertext and tag</c>. HKDF-SHA-256 makes
/// from key, salt and context an AEAD key (32), a nonce (24) and the commitment (32); XChaCha20-Poly1305
/// (draft-irtf-cfrg-xchacha) encrypts with no associated data, for the context is already in the key.
/// The salt is random, so neither key nor nonce ever repeats; the commitment makes a box open under one key and one
/// context only, which Poly1305 alone does not promise (attack: one ciphertext, two plaintexts).
/// </summary>
public static class Box
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes a box is longer than its plaintext: 1 + 32 + 32 + 16.</summary>
    public const int Overhead = 1 + SaltSize + CommitmentSize + TagSize;

    private const byte Version = 1;
    private const int SaltSize = 32;
    private const int CommitmentSize = 32;
    private const int TagSize = 16;
    private const int NonceSize = 24;
    private const int DerivedSize = KeySize + NonceSize + CommitmentSize;
    private const int CiphertextAt = 1 + SaltSize + CommitmentSize;

    /// <summary>Encrypts; the result is <see cref="Overhead"/> bytes longer. Lengths show, so pad first what must not.</summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> key, BoxContext context, ReadOnlySpan<byte> plaintext, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize);
        var box = new byte[checked(Overhead + plaintext.Length)];
        box[0] = Version;
        var salt = box.AsSpan(1, SaltSize);
        random.Fill(salt);
        Span<byte> derived = stackalloc byte[DerivedSize];
        try
        {
            Derive(key, context, salt, derived);
            derived[(KeySize + NonceSize)..].CopyTo(box.AsSpan(1 + SaltSize));
            Libsodium.Encrypt(derived[..KeySize], Nonce(derived), plaintext, box.AsSpan(CiphertextAt));
            return box;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>
    /// Decrypts. Any wrong length, version, commitment or tag is the same false with an empty plaintext, so a caller can
    /// neither tell nor leak which it was. Nothing is decrypted before the commitment has matched, in fixed time.
    /// </summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes.</exception>
    public static bool TryOpen(ReadOnlySpan<byte> key, BoxContext context, ReadOnlySpan<byte> box, out byte[] plaintext)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize);
        plaintext = [];
        if (box.Length < Overhead || box[0] != Version)
        {
            return false;
        }

        Span<byte> derived = stackalloc byte[DerivedSize];
        try
        {
            Derive(key, context, box.Slice(1, SaltSize), derived);
            var commitment = box.Slice(1 + SaltSize, CommitmentSize);
            if (!CryptographicOperations.FixedTimeEquals(commitment, derived[(KeySize + NonceSize)..]))
            {
                return false;
            }

            var opened = new byte[box.Length - Overhead];
            if (!Libsodium.TryDecrypt(derived[..KeySize], Nonce(derived), box[CiphertextAt..], opened))
            {
                return false;
            }

            plaintext = opened;
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    // The context is the whole info: Purpose's tag is its first part.
    private static void Derive(ReadOnlySpan<byte> key, BoxContext context, ReadOnlySpan<byte> salt, Span<byte> derived) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt, context.Encoded);

    private static ReadOnlySpan<byte> Nonce(ReadOnlySpan<byte> derived) => derived.Slice(KeySize, NonceSize);
}
