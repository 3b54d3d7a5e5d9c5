using Vault.Core;

namespace Vault.Crypto.Tests;

/// <summary>libsodium's X-Wing against the draft's vectors and against an independent construction, and its refusals.</summary>
public class XWingTests
{
    [Theory]
    // draft-connolly-cfrg-xwing-kem, appendix C.
    [InlineData(
        "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
        "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
        "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384")]
    [InlineData(
        "badfd6dfaac359a5efbb7bcc4b59d538df9a04302e10c8bc1cbf1a0b3a5120ea",
        "17cda7cfad765f5623474d368ccca8af0007cd9f5e4c849f167a580b14aabdefaee7eef47cb0fca9767be1fda69419dfb927e9df07348b196691abaeb580b32d",
        "f2e86241c64d60f6649fbc6c5b7d17180b780a3f34355e64a85749949c45f150")]
    [InlineData(
        "ef58538b8d23f87732ea63b02b4fa0f4873360e2841928cd60dd4cee8cc0d4c9",
        "22a96188d032675c8ac850933c7aff1533b94c834adbb69c6115bad4692d8619f90b0cdf8a7b9c264029ac185b70b83f2801f2f4b3f70c593ea3aeeb613a7f1b",
        "953f7f4e8c5b5049bdc771d1dffada0dd961477d1a2ae0988baa7ea6898d893f")]
    // The working group's generated set, as libsodium's own tests carry it.
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000000",
        "64646464646464646464646464646464646464646464646464646464646464646464646464646464646464646464646464646464646464646464646464646464",
        "e5ba94031ea6efd69c09c254f6d9783136ba6037e2d4c43bcccf19d6f3f4343a")]
    [InlineData(
        "0101010101010101010101010101010101010101010101010101010101010101",
        "65656565656565656565656565656565656565656565656565656565656565656565656565656565656565656565656565656565656565656565656565656565",
        "750300db25bff9620e893c2c6fcab9bf04d7f2e543b5b39420485626fa274908")]
    public void Vectors_of_the_draft(string seed, string encapsulationSeed, string sharedSecret)
    {
        var publicKey = XWing.DerivePublicKey(Convert.FromHexString(seed));
        var (ciphertext, sent) = Encapsulate(publicKey, Convert.FromHexString(encapsulationSeed));
        var received = new byte[32];
        Assert.True(XWing.TryDecapsulate(Convert.FromHexString(seed), ciphertext, received));
        Assert.Equal(sharedSecret, Convert.ToHexStringLower(sent));
        Assert.Equal(sharedSecret, Convert.ToHexStringLower(received));
    }

    [Theory]
    [InlineData(0, "3d209f716752f6408e7f89bceef97ac388530045377927644ef046c0a7cae978", 100, "d81018a94f8078e02105beaa814e003390befa4589bb614f7739")]
    [InlineData(2, "08118d8819772292c976ec971ee3039195800c823544484595cc63450b9db941", 102, "413c55d5710bae6376761dada807daffd4dc45f9f70d825e0d46")]
    public void Keys_and_ciphertexts_begin_as_in_the_vectors(byte seed, string publicKey, byte encapsulationSeed, string ciphertext)
    {
        var key = XWing.DerivePublicKey(Enumerable.Repeat(seed, 32).ToArray());
        var sent = Encapsulate(key, Enumerable.Repeat(encapsulationSeed, 64).ToArray()).Ciphertext;
        Assert.StartsWith(publicKey, Convert.ToHexStringLower(key), StringComparison.Ordinal);
        Assert.StartsWith(ciphertext, Convert.ToHexStringLower(sent), StringComparison.Ordinal);
    }

    [Fact]
    public void An_independent_construction_agrees_in_every_byte()
    {
        var random = new SeededRandom(30);
        for (var round = 0; round < 20; round++)
        {
            var seed = random.Bytes(32);
            var encapsulationSeed = random.Bytes(64);
            var publicKey = XWing.DerivePublicKey(seed);
            var (ciphertext, sharedSecret) = Encapsulate(publicKey, encapsulationSeed);

            Assert.Equal(XWingOracle.PublicKey(seed), publicKey);
            var oracle = XWingOracle.Encapsulate(publicKey, encapsulationSeed);
            Assert.Equal(oracle.Ciphertext, ciphertext);
            Assert.Equal(oracle.SharedSecret, sharedSecret);
            Assert.Equal(XWingOracle.Decapsulate(seed, ciphertext), sharedSecret);
        }
    }

    [Fact]
    public void A_damaged_ciphertext_gives_the_same_other_secret_in_both_constructions()
    {
        var seed = new SeededRandom(31).Bytes(32);
        var (ciphertext, sharedSecret) = Encapsulate(XWing.DerivePublicKey(seed), new SeededRandom(32).Bytes(64));
        foreach (var at in new[] { 0, 500, 1087, 1088, 1119 })
        {
            var damaged = ciphertext.ToArray();
            damaged[at] ^= 1;
            var received = new byte[32];
            Assert.True(XWing.TryDecapsulate(seed, damaged, received));
            Assert.NotEqual(sharedSecret, received);
            Assert.Equal(XWingOracle.Decapsulate(seed, damaged), received);
        }
    }

    [Theory]
    [MemberData(nameof(SmallOrderPoints))]
    public void A_ciphertext_with_an_X25519_share_of_small_order_is_refused(string point)
    {
        var seed = new SeededRandom(33).Bytes(32);
        var (ciphertext, _) = Encapsulate(XWing.DerivePublicKey(seed), new SeededRandom(34).Bytes(64));
        Convert.FromHexString(point).CopyTo(ciphertext, 1088);
        Assert.False(XWing.TryDecapsulate(seed, ciphertext, new byte[32]));
    }

    [Theory]
    [MemberData(nameof(SmallOrderPoints))]
    public void A_public_key_with_an_X25519_point_of_small_order_is_ill_formed(string point)
    {
        var publicKey = XWing.DerivePublicKey(new SeededRandom(35).Bytes(32));
        Convert.FromHexString(point).CopyTo(publicKey, 1184);
        AssertSealableIffWellFormed(publicKey, wellFormed: false);
    }

    [Theory]
    [InlineData("02")]
    [InlineData("09")]
    [InlineData("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // p + 3: not canonical, but X25519 reduces
    public void Other_points_are_well_formed(string point)
    {
        var publicKey = XWing.DerivePublicKey(new SeededRandom(36).Bytes(32));
        publicKey.AsSpan(1184).Clear();
        Convert.FromHexString(point).CopyTo(publicKey, 1184);
        AssertSealableIffWellFormed(publicKey, wellFormed: true);
    }

    [Theory]
    [InlineData(3328, true)]
    [InlineData(3329, false)]
    [InlineData(4095, false)]
    public void Each_ML_KEM_coefficient_at_or_above_the_modulus_is_ill_formed(int value, bool wellFormed)
    {
        var original = XWing.DerivePublicKey(new SeededRandom(37).Bytes(32));
        for (var coefficient = 0; coefficient < 768; coefficient++)
        {
            var publicKey = original.ToArray();
            var at = coefficient / 2 * 3;
            if (coefficient % 2 == 0)
            {
                publicKey[at] = (byte)value;
                publicKey[at + 1] = (byte)((publicKey[at + 1] & 0xf0) | (value >> 8));
            }
            else
            {
                publicKey[at + 1] = (byte)((publicKey[at + 1] & 0x0f) | (value << 4));
                publicKey[at + 2] = (byte)(value >> 4);
            }

            AssertSealableIffWellFormed(publicKey, wellFormed);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1215)]
    [InlineData(1217)]
    public void A_public_key_of_another_length_is_ill_formed(int size)
    {
        var publicKey = new byte[size];
        XWing.DerivePublicKey(new SeededRandom(38).Bytes(32)).AsSpan(0, Math.Min(size, 1216)).CopyTo(publicKey);
        AssertSealableIffWellFormed(publicKey, wellFormed: false);
    }

    [Fact]
    public void Random_bytes_can_be_sealed_to_exactly_when_well_formed()
    {
        var random = new SeededRandom(39);
        for (var round = 0; round < 200; round++)
        {
            var publicKey = random.Bytes(1216);
            AssertSealableIffWellFormed(publicKey, SealingPublicKey.IsWellFormed(publicKey));
        }
    }

    public static TheoryData<string> SmallOrderPoints()
    {
        string[] points =
        [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ];
        var data = new TheoryData<string>();
        foreach (var point in points)
        {
            data.Add(point);
            var topBit = Convert.FromHexString(point);
            topBit[31] |= 0x80;
            data.Add(Convert.ToHexStringLower(topBit));
        }

        return data;
    }

    private static void AssertSealableIffWellFormed(byte[] publicKey, bool wellFormed)
    {
        Assert.Equal(wellFormed, SealingPublicKey.IsWellFormed(publicKey));
        Assert.Equal(wellFormed, XWing.TryEncapsulate(publicKey, new SeededRandom(40).Bytes(64), new byte[1120], new byte[32]));
    }

    private static (byte[] Ciphertext, byte[] SharedSecret) Encapsulate(byte[] publicKey, byte[] seed)
    {
        var ciphertext = new byte[XWing.CiphertextSize];
        var sharedSecret = new byte[XWing.SharedSecretSize];
        Assert.True(XWing.TryEncapsulate(publicKey, seed, ciphertext, sharedSecret));
        return (ciphertext, sharedSecret);
    }
}
