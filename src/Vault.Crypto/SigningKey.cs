using System.Security.Cryptography;
using Vault.Core;
using Vault.Core.Seams;

namespace Vault.Crypto;

/// <summary>
/// An Ed25519 key (RFC 8032), held as its 32-byte seed with the public key behind it. Each signature names its purpose and covers
/// <c>u8 len(tag) ‖ tag ‖ body</c>; <see cref="Signatures.Verify"/> is the other half.
/// </summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedSize = 32;

    private readonly SecretBytes _key = SecretBytes.Allocate(Libsodium.SigningKeySize);
    private readonly byte[] _publicKey = new byte[32];

    private SigningKey(ReadOnlySpan<byte> seed) => Libsodium.DeriveSigningKey(seed, _publicKey, _key.Writable);

    /// <summary>The public key, 32 bytes, always computed from the seed.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>A new random key.</summary>
    public static SigningKey Create(IRandomSource random)
    {
        using var seed = SecretBytes.Create(random, SeedSize);
        return new(seed.Bytes);
    }

    /// <summary>The key of a seed, which is copied.</summary>
    /// <exception cref="ArgumentException">The seed is not 32 bytes.</exception>
    public static SigningKey FromSeed(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedSize);
        return new(seed);
    }

    /// <summary>The 64-byte signature of a body for a purpose.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public byte[] Sign(Purpose purpose, ReadOnlySpan<byte> body)
    {
        var framed = new byte[Signatures.FramedSize(purpose, body)];
        Signatures.Frame(purpose, body, framed);
        return Libsodium.Sign(framed, _key.Bytes);
    }

    /// <summary>Writes the 32-byte seed: for the code that boxes it, and for the sync key's file. The caller wipes it.</summary>
    public void ExportSeed(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, SeedSize);
        _key.Bytes[..SeedSize].CopyTo(destination);
    }

    /// <summary>True when this key's public half is the given one: compared with the chain whenever a key is loaded.</summary>
    public bool Matches(ReadOnlySpan<byte> publicKey) => CryptographicOperations.FixedTimeEquals(_publicKey, publicKey);

    public void Dispose() => _key.Dispose();

    public override string ToString() => "SigningKey(redacted)";
}
