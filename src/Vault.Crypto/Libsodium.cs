using System.Runtime.InteropServices;
using NSec.Cryptography;

namespace Vault.Crypto;

/// <summary>
/// Ed25519 signing (RFC 8032) and XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), called in the libsodium that NSec ships, on secrets
/// that lie where the caller has them. NSec would move each key into guarded pages of its own, which it maps, locks and unmaps
/// again: right for a key that stays, and dearer than the operation itself for one that lives for a microsecond, of which
/// an edit has eight (DECISIONS.md, 19). Lengths are the callers' to check; here they are the C library's to trust.
/// </summary>
internal static partial class Libsodium
{
    /// <summary>Bytes of an expanded signing key: the seed, then the public key.</summary>
    public const int SigningKeySize = 64;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>The library beside the program.</summary>
    public const string Name = "libsodium";

    /// <summary>Where it may be loaded from: never the working directory.</summary>
    public const DllImportSearchPath Places = DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories;

    // Touching NSec runs sodium_init; before it libsodium has not chosen its implementations.
    private static readonly int s_initialized = SignatureAlgorithm.Ed25519.PublicKeySize;

    /// <summary>Runs sodium_init, once.</summary>
    public static void Initialize() => _ = s_initialized;

    /// <summary>Expands a 32-byte seed into public key (32) and signing key (64).</summary>
    public static void DeriveSigningKey(ReadOnlySpan<byte> seed, Span<byte> publicKey, Span<byte> signingKey)
    {
        Initialize();
        if (SignSeedKeyPair(publicKey, signingKey, seed) != 0)
        {
            throw new InvalidOperationException("libsodium could not derive an Ed25519 key pair from a seed.");
        }
    }

    /// <summary>Signs a message with an expanded key.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signingKey)
    {
        Initialize();
        var signature = new byte[SignatureSize];
        if (SignDetached(signature, 0, message, (ulong)message.Length, signingKey) != 0)
        {
            throw new InvalidOperationException("libsodium could not sign.");
        }

        return signature;
    }

    /// <summary>Encrypts, without associated data: ciphertext, then the 16-byte tag.</summary>
    public static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        Initialize();
        if (AeadEncrypt(ciphertext, 0, plaintext, (ulong)plaintext.Length, 0, 0, 0, nonce, key) != 0)
        {
            throw new InvalidOperationException("libsodium could not encrypt.");
        }
    }

    /// <summary>Decrypts; false when the tag does not fit, and nothing of the plaintext is there then.</summary>
    public static bool TryDecrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        Initialize();
        if (AeadDecrypt(plaintext, 0, 0, ciphertext, (ulong)ciphertext.Length, 0, 0, nonce, key) == 0)
        {
            return true;
        }

        plaintext.Clear();
        return false;
    }

    [LibraryImport(Name, EntryPoint = "crypto_sign_ed25519_seed_keypair")]
    [DefaultDllImportSearchPaths(Places)]
    private static partial int SignSeedKeyPair(Span<byte> publicKey, Span<byte> secretKey, ReadOnlySpan<byte> seed);

    [LibraryImport(Name, EntryPoint = "crypto_sign_ed25519_detached")]
    [DefaultDllImportSearchPaths(Places)]
    private static partial int SignDetached(
        Span<byte> signature, nint signatureLength, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> secretKey);

    [LibraryImport(Name, EntryPoint = "crypto_aead_xchacha20poly1305_ietf_encrypt")]
    [DefaultDllImportSearchPaths(Places)]
    private static partial int AeadEncrypt(
        Span<byte> ciphertext,
        nint ciphertextLength,
        ReadOnlySpan<byte> plaintext,
        ulong plaintextLength,
        nint associated,
        ulong associatedLength,
        nint secretNonce,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key);

    [LibraryImport(Name, EntryPoint = "crypto_aead_xchacha20poly1305_ietf_decrypt")]
    [DefaultDllImportSearchPaths(Places)]
    private static partial int AeadDecrypt(
        Span<byte> plaintext,
        nint plaintextLength,
        nint secretNonce,
        ReadOnlySpan<byte> ciphertext,
        ulong ciphertextLength,
        nint associated,
        ulong associatedLength,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key);
}
