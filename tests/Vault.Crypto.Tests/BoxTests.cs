using CsCheck;
using NSec.Cryptography;
using Vault.Core;

namespace Vault.Crypto.Tests;

/// <summary>The laws of the box.</summary>
public class BoxTests
{
    private static readonly byte[] Key = new SeededRandom(10).Bytes(32);
    private static readonly BoxContext Context = BoxContext.For(Purpose.BoxItem, "group"u8, "item"u8, 3);

    [Fact]
    public void XChaCha20Poly1305_computes_the_vector_of_the_draft()
    {
        // draft-irtf-cfrg-xchacha-03, appendix A.3.1
        using var key = NSec.Cryptography.Key.Import(
            AeadAlgorithm.XChaCha20Poly1305,
            Convert.FromHexString("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
            KeyBlobFormat.RawSymmetricKey);
        var ciphertext = AeadAlgorithm.XChaCha20Poly1305.Encrypt(
            key,
            Convert.FromHexString("404142434445464748494a4b4c4d4e4f5051525354555657"),
            Convert.FromHexString("50515253c0c1c2c3c4c5c6c7"),
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."u8);
        Assert.Equal(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49",
            Convert.ToHexStringLower(ciphertext));
    }

    [Fact]
    public void A_box_is_version_salt_commitment_ciphertext_exactly_as_written()
    {
        var salt = new SeededRandom(11).Bytes(32);
        var box = Box.Seal(Key, Context, "plaintext"u8, new FixedRandom(salt));

        var tag = Purpose.BoxItem.Bytes;
        byte[] info =
        [
            0, 0, 0, (byte)tag.Length, .. tag, 0, 0, 0, 5, .. "group"u8, 0, 0, 0, 4, .. "item"u8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 3,
        ];
        var derived = System.Security.Cryptography.HKDF.DeriveKey(
            System.Security.Cryptography.HashAlgorithmName.SHA256, Key, 88, salt, info);
        using var aead = NSec.Cryptography.Key.Import(AeadAlgorithm.XChaCha20Poly1305, derived.AsSpan(0, 32), KeyBlobFormat.RawSymmetricKey);
        var ciphertext = AeadAlgorithm.XChaCha20Poly1305.Encrypt(aead, derived.AsSpan(32, 24), [], "plaintext"u8);
        byte[] expected = [1, .. salt, .. derived.AsSpan(56, 32), .. ciphertext];
        Assert.Equal(expected, box);
        Assert.Equal(Box.Overhead + 9, box.Length);
    }

    [Fact]
    public void Libsodium_called_directly_and_NSec_encrypt_and_decrypt_alike() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[24], Gen.Byte.Array[0, 1_200]).Sample(
            (key, nonce, plaintext) =>
            {
                using var aead = NSec.Cryptography.Key.Import(AeadAlgorithm.XChaCha20Poly1305, key, KeyBlobFormat.RawSymmetricKey);
                var theirs = AeadAlgorithm.XChaCha20Poly1305.Encrypt(aead, nonce, [], plaintext);
                var ours = new byte[plaintext.Length + 16];
                Libsodium.Encrypt(key, nonce, plaintext, ours);
                var opened = new byte[plaintext.Length];
                return ours.SequenceEqual(theirs)
                    && Libsodium.TryDecrypt(key, nonce, ours, opened) && opened.SequenceEqual(plaintext);
            },
            iter: 300);

    [Fact]
    public void A_tag_that_does_not_fit_leaves_no_plaintext()
    {
        var ciphertext = new byte[64 + 16];
        Libsodium.Encrypt(Key, new byte[24], new SeededRandom(12).Bytes(64), ciphertext);
        ciphertext[^1] ^= 1;
        var opened = new SeededRandom(13).Bytes(64);
        Assert.False(Libsodium.TryDecrypt(Key, new byte[24], ciphertext, opened));
        Assert.Equal(new byte[64], opened);
    }

    [Fact]
    public void What_was_sealed_opens() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[0, 300], Gen.ULong).Sample(
            (key, plaintext, seed) =>
            {
                var box = Box.Seal(key, Context, plaintext, new SeededRandom(seed));
                return Box.TryOpen(key, Context, box, out var opened) && opened.SequenceEqual(plaintext);
            },
            iter: 500);

    [Fact]
    public void Any_flipped_bit_at_every_offset_is_refused_alike()
    {
        var box = Box.Seal(Key, Context, "seven b"u8, new SeededRandom(12));
        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            box[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(Key, Context, box);
            box[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(Box.TryOpen(Key, Context, box, out _));
    }

    [Fact]
    public void Every_truncation_is_refused_alike()
    {
        var box = Box.Seal(Key, Context, "seven b"u8, new SeededRandom(13));
        for (var length = 0; length < box.Length; length++)
        {
            AssertRefused(Key, Context, box[..length]);
        }
    }

    [Fact]
    public void An_extension_is_refused_alike()
    {
        var box = Box.Seal(Key, Context, "seven b"u8, new SeededRandom(14));
        AssertRefused(Key, Context, [.. box, 0]);
        AssertRefused(Key, Context, [.. box, .. new byte[16]]);
        AssertRefused(Key, Context, [0, .. box]);
    }

    [Fact]
    public void Another_key_is_refused()
    {
        var box = Box.Seal(Key, Context, "x"u8, new SeededRandom(15));
        AssertRefused(new SeededRandom(16).Bytes(32), Context, box);
    }

    [Fact]
    public void Another_context_is_refused()
    {
        var box = Box.Seal(Key, Context, "x"u8, new SeededRandom(17));
        AssertRefused(Key, BoxContext.For(Purpose.BoxNote, "group"u8, "item"u8, 3), box);
        AssertRefused(Key, BoxContext.For(Purpose.BoxItem, "group"u8, "item"u8, 4), box);
        AssertRefused(Key, BoxContext.For(Purpose.BoxItem, "group"u8, "item"u8), box);
        AssertRefused(Key, BoxContext.For(Purpose.BoxItem, "groupi"u8, "tem"u8, 3), box);
        AssertRefused(Key, BoxContext.For(Purpose.BoxItem, "item"u8, "group"u8, 3), box);
    }

    [Fact]
    public void A_commitment_of_another_key_with_a_true_ciphertext_is_refused()
    {
        // The ciphertext and its tag verify; only the commitment says that the box is not for this key.
        var box = Box.Seal(Key, Context, "x"u8, new SeededRandom(18));
        var other = Box.Seal(new SeededRandom(19).Bytes(32), Context, "x"u8, new SeededRandom(18));
        other.AsSpan(33, 32).CopyTo(box.AsSpan(33));
        AssertRefused(Key, Context, box);
    }

    [Fact]
    public void The_same_plaintext_never_makes_the_same_box()
    {
        var random = new SeededRandom(20);
        Assert.NotEqual(Box.Seal(Key, Context, "x"u8, random), Box.Seal(Key, Context, "x"u8, random));
    }

    [Fact]
    public void A_key_of_another_length_is_the_callers_mistake()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Box.Seal(new byte[31], Context, [], new SeededRandom(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Box.TryOpen(new byte[33], Context, new byte[100], out _));
    }

    private static void AssertRefused(byte[] key, BoxContext context, byte[] box)
    {
        Assert.False(Box.TryOpen(key, context, box, out var plaintext));
        Assert.Empty(plaintext);
    }
}
