using NSec.Cryptography;
using Org.BouncyCastle.Crypto.Agreement;
using Org.BouncyCastle.Crypto.Parameters;

namespace Vault.Crypto.Tests;

/// <summary>Our HPKE: the schedule by RFC 9180, appendix A.2, and single-shot sealing with X-Wing.</summary>
public class HpkeTests
{
    private const ushort DhkemX25519 = 0x0020;

    [Fact]
    public void The_schedule_computes_RFC_9180_A_2_1()
    {
        var sharedSecret = Convert.FromHexString("0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7");
        var info = Convert.FromHexString("4f6465206f6e2061204772656369616e2055726e");
        Assert.Equal(sharedSecret, DhkemSharedSecret());

        using var schedule = HpkeSchedule.Derive(DhkemX25519, sharedSecret, info);
        Assert.Equal("ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91", Convert.ToHexStringLower(schedule.Key));
        Assert.Equal("5c4d98150661b848853b547f", Convert.ToHexStringLower(schedule.BaseNonce));

        using var key = NSec.Cryptography.Key.Import(AeadAlgorithm.ChaCha20Poly1305, schedule.Key, KeyBlobFormat.RawSymmetricKey);
        var ciphertext = AeadAlgorithm.ChaCha20Poly1305.Encrypt(
            key, schedule.BaseNonce, "Count-0"u8, "Beauty is truth, truth beauty"u8);
        Assert.Equal(
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
            Convert.ToHexStringLower(ciphertext));
    }

    [Fact]
    public void A_seal_is_the_encapsulation_and_the_ciphertext_of_the_schedule()
    {
        using var recipient = SealingKey.Create(new SeededRandom(50));
        var drawn = new SeededRandom(51).Bytes(64);
        var seal = Hpke.Seal(recipient.PublicKey, "info"u8, "aad"u8, "plaintext"u8, new FixedRandom(drawn));

        var oracle = XWingOracle.Encapsulate(recipient.PublicKey.ToArray(), drawn);
        using var schedule = HpkeSchedule.Derive(0x647a, oracle.SharedSecret, "info"u8);
        using var key = NSec.Cryptography.Key.Import(AeadAlgorithm.ChaCha20Poly1305, schedule.Key, KeyBlobFormat.RawSymmetricKey);
        byte[] expected =
            [.. oracle.Ciphertext, .. AeadAlgorithm.ChaCha20Poly1305.Encrypt(key, schedule.BaseNonce, "aad"u8, "plaintext"u8)];
        Assert.Equal(expected, seal);
        Assert.Equal(Hpke.Overhead + 9, seal.Length);
    }

    [Fact]
    public void What_was_sealed_opens_and_only_with_the_same_info_data_and_key()
    {
        var seed = new SeededRandom(52).Bytes(32);
        var other = new SeededRandom(53).Bytes(32);
        var seal = Hpke.Seal(XWing.DerivePublicKey(seed), "info"u8, "aad"u8, "plaintext"u8, new SeededRandom(54));
        Assert.True(Hpke.TryOpen(seed, "info"u8, "aad"u8, seal, out var opened));
        Assert.Equal("plaintext"u8.ToArray(), opened);
        Assert.False(Hpke.TryOpen(seed, "Info"u8, "aad"u8, seal, out opened));
        Assert.Empty(opened);
        Assert.False(Hpke.TryOpen(seed, "info"u8, ""u8, seal, out _));
        Assert.False(Hpke.TryOpen(other, "info"u8, "aad"u8, seal, out _));
    }

    [Fact]
    public void Any_flipped_byte_truncation_or_extension_is_refused()
    {
        var seed = new SeededRandom(55).Bytes(32);
        var seal = Hpke.Seal(XWing.DerivePublicKey(seed), "info"u8, [], "plaintext"u8, new SeededRandom(56));
        for (var at = 0; at < seal.Length; at++)
        {
            // The top bit of the X25519 share does not count in X25519, but X-Wing hashes the share as received.
            seal[at] ^= 0x80;
            Assert.False(Hpke.TryOpen(seed, "info"u8, [], seal, out _));
            seal[at] ^= 0x80;
        }

        foreach (var length in new[] { 0, 1, 1119, 1120, 1135, 1136, seal.Length - 1 })
        {
            Assert.False(Hpke.TryOpen(seed, "info"u8, [], seal.AsSpan(0, length), out _));
        }

        Assert.False(Hpke.TryOpen(seed, "info"u8, [], [.. seal, 0], out _));
        Assert.True(Hpke.TryOpen(seed, "info"u8, [], seal, out _));
    }

    [Fact]
    public void Sealing_to_an_ill_formed_key_throws_and_seals_to_nobody() =>
        Assert.Throws<ArgumentException>(() => Hpke.Seal(new byte[1216], [], [], "x"u8, new SeededRandom(57)));

    // DHKEM(X25519, HKDF-SHA256), RFC 9180 section 4.1: the KEM part that the product does not have.
    private static byte[] DhkemSharedSecret()
    {
        var ephemeral = new X25519PrivateKeyParameters(Convert.FromHexString("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600"));
        var recipient = Convert.FromHexString("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
        var agreement = new X25519Agreement();
        agreement.Init(ephemeral);
        var dh = new byte[32];
        agreement.CalculateAgreement(new X25519PublicKeyParameters(recipient), dh, 0);

        byte[] suite = [.. "KEM"u8, 0x00, 0x20];
        byte[] context = [.. ephemeral.GeneratePublicKey().GetEncoded(), .. recipient];
        var prk = System.Security.Cryptography.HKDF.Extract(
            System.Security.Cryptography.HashAlgorithmName.SHA256, [.. "HPKE-v1"u8, .. suite, .. "eae_prk"u8, .. dh], []);
        return System.Security.Cryptography.HKDF.Expand(
            System.Security.Cryptography.HashAlgorithmName.SHA256, prk, 32, [0, 32, .. "HPKE-v1"u8, .. suite, .. "shared_secret"u8, .. context]);
    }
}
