using System.Numerics;
using System.Security.Cryptography;
using Vault.Core;

namespace Vault.Crypto.Tests;

/// <summary>Ed25519 as NSec computes it (RFC 8032), our framing above it, and each strictness of verification by name.</summary>
public class Ed25519Tests
{
    private static readonly BigInteger Order =
        BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);

    // The base point: its discrete logarithm is one, so (B, 1) is a signature under the identity of any message.
    private static readonly byte[] BasePoint = Convert.FromHexString("58" + string.Concat(Enumerable.Repeat("66", 31)));

    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData(
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void NSec_and_libsodium_called_directly_sign_the_vectors_of_RFC_8032_section_7_1(string seed, string publicKey, string message, string signature)
    {
        using var ours = SigningKey.FromSeed(Convert.FromHexString(seed));
        Assert.Equal(publicKey, Convert.ToHexStringLower(ours.PublicKey));

        using var key = NSec.Cryptography.Key.Import(
            NSec.Cryptography.SignatureAlgorithm.Ed25519,
            Convert.FromHexString(seed),
            NSec.Cryptography.KeyBlobFormat.RawPrivateKey);
        var signed = NSec.Cryptography.SignatureAlgorithm.Ed25519.Sign(key, Convert.FromHexString(message));
        Assert.Equal(signature, Convert.ToHexStringLower(signed));
        Assert.Equal(signature, Convert.ToHexStringLower(SignBare(seed, message)));
    }

    private static byte[] SignBare(string seed, string message)
    {
        var key = new byte[Libsodium.SigningKeySize];
        Libsodium.DeriveSigningKey(Convert.FromHexString(seed), new byte[32], key);
        return Libsodium.Sign(Convert.FromHexString(message), key);
    }

    [Fact]
    public void A_signature_covers_the_length_of_the_tag_the_tag_and_the_body()
    {
        using var key = SigningKey.Create(new SeededRandom(1));
        var body = "body"u8.ToArray();
        var tag = Purpose.SignGroupCommit.Bytes;
        byte[] framed = [(byte)tag.Length, .. tag, .. body];

        var oracle = new Org.BouncyCastle.Crypto.Signers.Ed25519Signer();
        oracle.Init(false, new Org.BouncyCastle.Crypto.Parameters.Ed25519PublicKeyParameters(key.PublicKey.ToArray()));
        oracle.BlockUpdate(framed, 0, framed.Length);
        Assert.True(oracle.VerifySignature(key.Sign(Purpose.SignGroupCommit, body)));
    }

    [Fact]
    public void A_signature_for_one_purpose_verifies_for_no_other()
    {
        using var key = SigningKey.Create(new SeededRandom(2));
        foreach (var signed in Purpose.All)
        {
            var signature = key.Sign(signed, "body"u8);
            foreach (var claimed in Purpose.All)
            {
                Assert.Equal(signed == claimed, Signatures.Verify(claimed, key.PublicKey, "body"u8, signature));
            }
        }
    }

    [Fact]
    public void A_large_body_verifies_like_a_small_one()
    {
        using var key = SigningKey.Create(new SeededRandom(3));
        foreach (var size in new[] { 0, 900, 1_000, 1_100, 1 << 20 })
        {
            var body = new byte[size];
            Assert.True(Signatures.Verify(Purpose.SignRequest, key.PublicKey, body, key.Sign(Purpose.SignRequest, body)));
        }
    }

    [Fact]
    public void Every_flipped_bit_of_key_body_or_signature_is_refused()
    {
        using var key = SigningKey.Create(new SeededRandom(4));
        var publicKey = key.PublicKey.ToArray();
        var body = "the body"u8.ToArray();
        var signature = key.Sign(Purpose.SignSession, body);
        foreach (var bytes in new[] { publicKey, body, signature })
        {
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Signatures.Verify(Purpose.SignSession, publicKey, body, signature));
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.True(Signatures.Verify(Purpose.SignSession, publicKey, body, signature));
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(31, 64)]
    [InlineData(33, 64)]
    [InlineData(32, 0)]
    [InlineData(32, 63)]
    [InlineData(32, 65)]
    public void Wrong_lengths_are_refused_and_never_thrown(int publicKeySize, int signatureSize) =>
        Assert.False(Signatures.Verify(Purpose.SignSession, new byte[publicKeySize], [], new byte[signatureSize]));

    [Fact]
    public void S_at_or_above_the_group_order_is_refused()
    {
        using var key = SigningKey.Create(new SeededRandom(5));
        var signature = key.Sign(Purpose.SignSession, "body"u8);
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true) + Order;
        s.ToByteArray(isUnsigned: true).CopyTo(signature.AsSpan(32));
        Assert.False(Signatures.Verify(Purpose.SignSession, key.PublicKey, "body"u8, signature));
    }

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")] // order 1
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // order 2
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")] // order 4
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")] // order 4
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")] // order 8
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")] // order 8
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")] // order 8
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")] // order 8
    public void A_public_key_of_small_order_is_refused(string publicKey)
    {
        // Under a key of order n one message in n has (B, 1) as a valid signature: enough messages to meet one.
        byte[] signature = [.. BasePoint, 1, .. new byte[31]];
        for (byte message = 0; message < 64; message++)
        {
            Assert.False(Signatures.Verify(Purpose.SignSession, Convert.FromHexString(publicKey), [message], signature));
        }
    }

    [Theory]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // p + 1, the identity again
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")] // the identity with a sign it cannot have
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // p
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")] // p with a sign
    [InlineData("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // p + 3
    public void A_public_key_not_in_canonical_form_is_refused(string publicKey)
    {
        byte[] signature = [.. BasePoint, 1, .. new byte[31]];
        for (byte message = 0; message < 64; message++)
        {
            Assert.False(Signatures.Verify(Purpose.SignSession, Convert.FromHexString(publicKey), [message], signature));
        }
    }

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")] // canonical
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // p + 1
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")] // negative zero
    public void An_R_of_small_order_is_refused_however_it_is_spelled(string identity)
    {
        // The signer chooses r = 0, so R is the identity and the equation S·B = R + h·A holds.
        var seed = new SeededRandom(6).Bytes(32);
        using var key = SigningKey.FromSeed(seed);
        Assert.False(Signatures.Verify(Purpose.SignSession, key.PublicKey, "body"u8, SignWithNonce(seed, 0, Convert.FromHexString(identity))));

        // The legal twin, built the same way with r = 1.
        Assert.True(Signatures.Verify(Purpose.SignSession, key.PublicKey, "body"u8, SignWithNonce(seed, 1, BasePoint)));
    }

    [Fact]
    public void A_signing_key_prints_nothing_and_dies_when_disposed()
    {
        var key = SigningKey.Create(new SeededRandom(7));
        Assert.Equal("SigningKey(redacted)", key.ToString());
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(Purpose.SignSession, []));
    }

    [Fact]
    public void Signing_keys_beyond_the_limit_of_live_NSec_keys_can_be_held()
    {
        // A live NSec key locks a page; at 16,310 the process dies. Seeds do not.
        var seed = new SeededRandom(8).Bytes(32);
        var keys = Enumerable.Range(0, 17_000).Select(_ => SigningKey.FromSeed(seed)).ToList();
        Assert.Equal(64, keys[^1].Sign(Purpose.SignSession, []).Length);
        keys.ForEach(key => key.Dispose());
    }

    // S = r + h·a with a nonce of the signer's choice and its R spelled as the signer likes (RFC 8032, section 5.1.6).
    private static byte[] SignWithNonce(byte[] seed, BigInteger nonce, byte[] r)
    {
        using var key = SigningKey.FromSeed(seed);
        var framed = new byte[Signatures.FramedSize(Purpose.SignSession, "body"u8)];
        Signatures.Frame(Purpose.SignSession, "body"u8, framed);
        var a = SHA512.HashData(seed)[..32];
        a[0] &= 248;
        a[31] = (byte)((a[31] & 127) | 64);
        var h = new BigInteger(SHA512.HashData([.. r, .. key.PublicKey, .. framed]), isUnsigned: true);
        var s = new byte[32];
        ((nonce + (h * new BigInteger(a, isUnsigned: true))) % Order).ToByteArray(isUnsigned: true).CopyTo(s, 0);
        return [.. r, .. s];
    }
}
