using Org.BouncyCastle.Crypto.Agreement;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Vault.Crypto.Tests;

/// <summary>
/// X-Wing built again from BouncyCastle's ML-KEM-768, X25519 and SHA-3, straight from draft-connolly-cfrg-xwing-kem,
/// section 5: an oracle that shares no line with libsodium.
/// </summary>
internal static class XWingOracle
{
    private const int EncapsulationKeySize = 1184;
    private const int MLKemCiphertextSize = 1088;

    public static byte[] PublicKey(byte[] seed)
    {
        var (mlkem, x25519) = Expand(seed);
        return [.. mlkem.GetPublicKeyEncoded(), .. x25519.GeneratePublicKey().GetEncoded()];
    }

    public static (byte[] Ciphertext, byte[] SharedSecret) Encapsulate(byte[] publicKey, byte[] seed)
    {
        var mlkem = MLKemPublicKeyParameters.FromEncoding(MLKemParameters.ml_kem_768, publicKey[..EncapsulationKeySize]);
        var point = publicKey[EncapsulationKeySize..];
        var encapsulator = new MLKemEncapsulator(MLKemParameters.ml_kem_768);
        encapsulator.Init(new ParametersWithRandom(mlkem, new Drawn(seed[..32])));
        var first = new byte[MLKemCiphertextSize];
        var firstSecret = new byte[32];
        encapsulator.Encapsulate(first, 0, first.Length, firstSecret, 0, firstSecret.Length);
        var ephemeral = new X25519PrivateKeyParameters(seed, 32);
        var second = ephemeral.GeneratePublicKey().GetEncoded();
        return ([.. first, .. second], Combine(firstSecret, Agree(ephemeral, point), second, point));
    }

    public static byte[] Decapsulate(byte[] seed, byte[] ciphertext)
    {
        var (mlkem, x25519) = Expand(seed);
        var decapsulator = new MLKemDecapsulator(MLKemParameters.ml_kem_768);
        decapsulator.Init(mlkem);
        var firstSecret = new byte[32];
        decapsulator.Decapsulate(ciphertext, 0, MLKemCiphertextSize, firstSecret, 0, firstSecret.Length);
        var second = ciphertext[MLKemCiphertextSize..];
        return Combine(firstSecret, Agree(x25519, second), second, x25519.GeneratePublicKey().GetEncoded());
    }

    private static (MLKemPrivateKeyParameters MLKem, X25519PrivateKeyParameters X25519) Expand(byte[] seed)
    {
        var shake = new ShakeDigest(256);
        shake.BlockUpdate(seed, 0, seed.Length);
        var expanded = new byte[96];
        shake.OutputFinal(expanded, 0, expanded.Length);
        return (MLKemPrivateKeyParameters.FromSeed(MLKemParameters.ml_kem_768, expanded[..64]), new X25519PrivateKeyParameters(expanded, 64));
    }

    private static byte[] Agree(X25519PrivateKeyParameters secret, byte[] point)
    {
        var agreement = new X25519Agreement();
        agreement.Init(secret);
        var shared = new byte[32];
        agreement.CalculateAgreement(new X25519PublicKeyParameters(point), shared, 0);
        return shared;
    }

    private static byte[] Combine(byte[] firstSecret, byte[] secondSecret, byte[] second, byte[] point)
    {
        byte[] input = [.. firstSecret, .. secondSecret, .. second, .. point, .. @"\.//^\"u8];
        var sha3 = new Sha3Digest(256);
        sha3.BlockUpdate(input, 0, input.Length);
        var output = new byte[32];
        sha3.DoFinal(output, 0);
        return output;
    }

    private sealed class Drawn(byte[] bytes) : SecureRandom(null)
    {
        public override void NextBytes(byte[] buf) => bytes.CopyTo(buf, 0);

        public override void NextBytes(byte[] buf, int off, int len) => bytes.AsSpan(0, len).CopyTo(buf.AsSpan(off));

        public override void NextBytes(Span<byte> buffer) => bytes.AsSpan(0, buffer.Length).CopyTo(buffer);
    }
}
