using System.Runtime.InteropServices;

namespace Vault.Crypto;

/// <summary>
/// X-Wing, the hybrid KEM of X25519 and ML-KEM-768 (draft-connolly-cfrg-xwing-kem), from the libsodium that NSec ships.
/// NSec has no type for it, so it is called directly. Where the symbols are missing there is no fallback: keys sealed today lie on a
/// relay for years, so a weaker seal would be a silent promise broken later.
/// </summary>
public static partial class XWing
{
    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeySize = Vault.Core.SealingPublicKey.Size;

    /// <summary>Bytes of a ciphertext.</summary>
    public const int CiphertextSize = 1120;

    /// <summary>Bytes of a shared secret.</summary>
    public const int SharedSecretSize = 32;

    /// <summary>Bytes of the seed that is the secret key.</summary>
    public const int SeedSize = 32;

    /// <summary>Bytes of the randomness that one encapsulation uses up: 32 for ML-KEM, 32 for the ephemeral X25519 key.</summary>
    public const int EncapsulationSeedSize = 64;

    private static readonly Lazy<bool> Checked = new(Check);

    /// <summary>The public key of a secret seed.</summary>
    public static byte[] DerivePublicKey(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedSize);
        _ = Checked.Value;
        var publicKey = new byte[PublicKeySize];
        using var secretKey = SecretBytes.Allocate(SeedSize);
        if (SeedKeyPair(publicKey, secretKey.Writable, seed) != 0)
        {
            throw new InvalidOperationException("libsodium could not derive an X-Wing key pair from a seed.");
        }

        return publicKey;
    }

    /// <summary>
    /// Encapsulates to a public key with the given 64 random bytes. False, with zeros written, when the key is not well
    /// formed (<see cref="Vault.Core.SealingPublicKey.IsWellFormed"/>).
    /// </summary>
    public static bool TryEncapsulate(
        ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> encapsulationSeed, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(encapsulationSeed.Length, EncapsulationSeedSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(ciphertext.Length, CiphertextSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sharedSecret.Length, SharedSecretSize);
        _ = Checked.Value;
        if (publicKey.Length == PublicKeySize && Encapsulate(ciphertext, sharedSecret, publicKey, encapsulationSeed) == 0)
        {
            return true;
        }

        ciphertext.Clear();
        sharedSecret.Clear();
        return false;
    }

    /// <summary>
    /// Decapsulates. A damaged ML-KEM ciphertext gives another secret, by design (implicit rejection); false only for a
    /// wrong length or an X25519 share of small order.
    /// </summary>
    public static bool TryDecapsulate(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sharedSecret.Length, SharedSecretSize);
        _ = Checked.Value;
        if (ciphertext.Length == CiphertextSize && Decapsulate(sharedSecret, ciphertext, seed) == 0)
        {
            return true;
        }

        sharedSecret.Clear();
        return false;
    }

    private static bool Check()
    {
        Libsodium.Initialize();
        try
        {
            if (PublicKeyBytes() != PublicKeySize
                || SecretKeyBytes() != SeedSize
                || CiphertextBytes() != CiphertextSize
                || SharedSecretBytes() != SharedSecretSize
                || SeedBytes() != SeedSize)
            {
                throw new PlatformNotSupportedException("This libsodium's X-Wing has other sizes than the draft's.");
            }
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            throw new PlatformNotSupportedException(
                "X-Wing is missing: libsodium 1.0.22 or newer must lie beside the program. There is no fallback.", e);
        }

        return true;
    }

    [LibraryImport(Libsodium.Name, EntryPoint = "crypto_kem_xwing_seed_keypair")]
    [DefaultDllImportSearchPaths(Libsodium.Places)]
    private static partial int SeedKeyPair(Span<byte> publicKey, Span<byte> secretKey, ReadOnlySpan<byte> seed);

    [LibraryImport(Libsodium.Name, EntryPoint = "crypto_kem_xwing_enc_deterministic")]
    [DefaultDllImportSearchPaths(Libsodium.Places)]
    private static partial int Encapsulate(
        Span<byte> ciphertext, Span<byte> sharedSecret, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> seed);

    [LibraryImport(Libsodium.Name, EntryPoint = "crypto_kem_xwing_dec")]
    [DefaultDllImportSearchPaths(Libsodium.Places)]
    private static partial int Decapsulate(Span<byte> sharedSecret, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> secretKey);

    [LibraryImport(Libsodium.Name, EntryPoint = "crypto_kem_xwing_publickeybytes")]
    [DefaultDllImportSearchPaths(Libsodium.Places)]
    private static partial nuint PublicKeyBytes();

    [LibraryImport(Libsodium.Name, EntryPoint = "crypto_kem_xwing_secretkeybytes")]
    [DefaultDllImportSearchPaths(Libsodium.Places)]
    private static partial nuint SecretKeyBytes();

    [LibraryImport(Libsodium.Name, EntryPoint = "crypto_kem_xwing_ciphertextbytes")]
    [DefaultDllImportSearchPaths(Libsodium.Places)]
    private static partial nuint CiphertextBytes();

    [LibraryImport(Libsodium.Name, EntryPoint = "crypto_kem_xwing_sharedsecretbytes")]
    [DefaultDllImportSearchPaths(Libsodium.Places)]
    private static partial nuint SharedSecretBytes();

    [LibraryImport(Libsodium.Name, EntryPoint = "crypto_kem_xwing_seedbytes")]
    [DefaultDllImportSearchPaths(Libsodium.Places)]
    private static partial nuint SeedBytes();
}
