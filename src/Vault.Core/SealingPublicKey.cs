namespace Vault.Core;

/// <summary>
/// Whether 1216 bytes can be sealed to: an X-Wing public key is an ML-KEM-768 encapsulation key (1184 bytes) and an
/// X25519 point (32 bytes) (draft-connolly-cfrg-xwing-kem, section 5.2). Core owns the check because relay and clients must
/// refuse the same keys (attack: a member with a key that cannot be sealed to bricks every rotation of the group).
/// No secret is touched, so nothing here is constant-time.
/// </summary>
public static class SealingPublicKey
{
    /// <summary>Bytes of an X-Wing public key.</summary>
    public const int Size = EncapsulationKeySize + PointSize;

    private const int EncapsulationKeySize = 1184;
    private const int PointSize = 32;

    // k · 256 coefficients of 12 bits; the 32 bytes of rho behind them are free.
    private const int CoefficientBytes = 1152;
    private const int Modulus = 3329;

    // The seven encodings whose multiple by any clamped scalar is zero, top bit cleared: 0, 1, two of order 8, p-1, p, p+1.
    // The same list as libsodium's; p and p+1 are spelled because X25519 reduces what it reads (RFC 7748, section 5).
    private static readonly byte[][] SmallOrder =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        Convert.FromHexString("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ];

    /// <summary>
    /// True when encapsulation to these bytes succeeds: right length, every 12-bit coefficient below 3329 (the modulus
    /// check of FIPS 203, section 7.2), and a point that is not of small order. Never throws.
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> publicKey) =>
        publicKey.Length == Size
        && CoefficientsAreReduced(publicKey[..CoefficientBytes])
        && !IsSmallOrder(publicKey[EncapsulationKeySize..]);

    private static bool CoefficientsAreReduced(ReadOnlySpan<byte> packed)
    {
        // Two coefficients in three bytes, little-endian (ByteDecode with d = 12, FIPS 203 algorithm 6).
        for (var at = 0; at < packed.Length; at += 3)
        {
            var low = packed[at] | ((packed[at + 1] & 0x0f) << 8);
            var high = (packed[at + 1] >> 4) | (packed[at + 2] << 4);
            if (low >= Modulus || high >= Modulus)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSmallOrder(ReadOnlySpan<byte> point)
    {
        Span<byte> masked = stackalloc byte[PointSize];
        point.CopyTo(masked);
        masked[^1] &= 0x7f;
        foreach (var encoding in SmallOrder)
        {
            if (masked.SequenceEqual(encoding))
            {
                return true;
            }
        }

        return false;
    }
}
