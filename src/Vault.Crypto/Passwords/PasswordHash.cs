using NSec.Cryptography;
using Vault.Core;

namespace Vault.Crypto.Passwords;

/// <summary>
/// Argon2id (RFC 9106) of format 1: 128 MiB, three passes, one lane, 32 bytes. The parameters are the format, not data: no
/// file and no relay says them, so there is nothing to weaken. The salt is 16 bytes of HKDF(Secret Key), so no relay serves
/// that either, and a guess needs the Secret Key before its first hash.
/// </summary>
public static class PasswordHash
{
    /// <summary>Bytes of the hash.</summary>
    public const int Size = 32;

    /// <summary>Memory in KiB: 128 MiB.</summary>
    public const int MemoryKibibytes = 128 * 1024;

    /// <summary>Passes over that memory.</summary>
    public const int Passes = 3;

    private const int Lanes = 1;
    private const int SaltSize = 16;

    private static readonly Argon2id Algorithm = PasswordBasedKeyDerivationAlgorithm.Argon2id(new Argon2Parameters
    {
        DegreeOfParallelism = Lanes,
        MemorySize = MemoryKibibytes,
        NumberOfPasses = Passes,
    });

    /// <summary>The hash of a normalised password under a Secret Key. Takes a good part of a second, by design.</summary>
    public static SecretBytes Derive(SecretBytes normalizedPassword, SecretKey secretKey)
    {
        Span<byte> salt = stackalloc byte[SaltSize];
        DeriveSalt(secretKey, salt);
        var hash = SecretBytes.Allocate(Size);
        Algorithm.DeriveBytes(normalizedPassword.Bytes, salt, hash.Writable);
        return hash;
    }

    /// <summary>The 16-byte salt of a Secret Key.</summary>
    public static void DeriveSalt(SecretKey secretKey, Span<byte> salt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, SaltSize);
        Hkdf.Derive(secretKey.Bytes, [], Purpose.DeriveSaltFromSecretKey, salt);
    }
}
