using System.Security.Cryptography;
using Vault.Core;
using Vault.Core.Seams;

namespace Vault.Crypto;

/// <summary>
/// An X-Wing key pair, held as its 32-byte seed: what group keys are sealed to. An account keeps all it ever used, for old
/// seals lie in the chain.
/// </summary>
public sealed class SealingKey : IDisposable
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedSize = XWing.SeedSize;

    private readonly SecretBytes _seed;
    private readonly byte[] _publicKey;
    private readonly byte[] _keyId;

    private SealingKey(SecretBytes seed)
    {
        _seed = seed;
        _publicKey = XWing.DerivePublicKey(seed.Bytes);
        _keyId = IdOf(_publicKey);
    }

    /// <summary>The public key, 1216 bytes, always computed from the seed.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>The public key's id, 32 bytes: it stands in the info of every seal to it.</summary>
    public ReadOnlySpan<byte> KeyId => _keyId;

    /// <summary>A new random key.</summary>
    public static SealingKey Create(IRandomSource random) => new(SecretBytes.Create(random, SeedSize));

    /// <summary>The key of a seed, which is copied.</summary>
    /// <exception cref="ArgumentException">The seed is not 32 bytes.</exception>
    public static SealingKey FromSeed(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedSize);
        return new(SecretBytes.CopyOf(seed));
    }

    /// <summary>The id of any sealing public key.</summary>
    public static byte[] IdOf(ReadOnlySpan<byte> publicKey) => TaggedHash.Of(Purpose.HashSealingKey, publicKey);

    /// <summary>Opens what was sealed to this key with this info; see <see cref="Hpke.TryOpen"/>.</summary>
    public bool TryOpen(ReadOnlySpan<byte> info, ReadOnlySpan<byte> sealedBytes, out byte[] plaintext) =>
        Hpke.TryOpen(_seed.Bytes, info, [], sealedBytes, out plaintext);

    /// <summary>Writes the 32-byte seed: for the code that boxes it. The caller wipes it.</summary>
    public void ExportSeed(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, SeedSize);
        _seed.Bytes.CopyTo(destination);
    }

    /// <summary>True when this key's public half is the given one: compared with the chain whenever a key is loaded.</summary>
    public bool Matches(ReadOnlySpan<byte> publicKey) => CryptographicOperations.FixedTimeEquals(_publicKey, publicKey);

    public void Dispose() => _seed.Dispose();

    public override string ToString() => "SealingKey(redacted)";
}
