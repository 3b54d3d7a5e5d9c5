using System.Text;
using Konscious.Security.Cryptography;
using NSec.Cryptography;
using Vault.Core;
using Vault.Crypto.Passwords;

namespace Vault.Crypto.Tests;

/// <summary>Argon2id by RFC 9106, our fixed parameters, and the keys above it.</summary>
public class PasswordTests
{
    [Theory]
    [InlineData("d", "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb")]
    [InlineData("i", "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8")]
    [InlineData("id", "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659")]
    public void Konscious_computes_the_vectors_of_RFC_9106_section_5(string variant, string tag)
    {
        var password = Enumerable.Repeat((byte)1, 32).ToArray();
        using Argon2 argon2 = variant switch
        {
            "d" => new Argon2d(password),
            "i" => new Argon2i(password),
            _ => new Konscious.Security.Cryptography.Argon2id(password),
        };
        argon2.Salt = Enumerable.Repeat((byte)2, 16).ToArray();
        argon2.KnownSecret = Enumerable.Repeat((byte)3, 8).ToArray();
        argon2.AssociatedData = Enumerable.Repeat((byte)4, 12).ToArray();
        argon2.Iterations = 3;
        argon2.MemorySize = 32;
        argon2.DegreeOfParallelism = 4;
        Assert.Equal(tag, Convert.ToHexStringLower(argon2.GetBytes(32)));
    }

    [Theory]
    [InlineData(8, 1, 32)]
    [InlineData(64, 3, 32)]
    [InlineData(1024, 2, 16)]
    [InlineData(4096, 3, 64)]
    public void Libsodium_and_Konscious_agree_on_one_lane(int memory, int passes, int size)
    {
        var salt = new SeededRandom(80).Bytes(16);
        var ours = PasswordBasedKeyDerivationAlgorithm
            .Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = memory, NumberOfPasses = passes })
            .DeriveBytes("correct horse"u8, salt, size);
        Assert.Equal(Reference("correct horse"u8, salt, memory, passes, size), ours);
    }

    [Fact]
    public void The_unlock_key_is_format_1_whatever_else_changes()
    {
        // The whole path at its true cost, against Konscious and the plain HKDF: the parameters are the format.
        using var secretKey = SecretKey.FromBytes(new SeededRandom(81).Bytes(16));
        using var unlock = PasswordUnlock.Derive("p\u00e4ssw\u00f6rd"u8, secretKey);

        var salt = new byte[16];
        Hkdf.Derive(secretKey.Bytes, [], Purpose.DeriveSaltFromSecretKey, salt);
        var hash = Reference("p\u00e4ssw\u00f6rd"u8, salt, 131_072, 3, 32);
        var expected = new byte[32];
        Hkdf.Derive([.. hash, .. secretKey.Bytes], [], Purpose.DeriveUnlockKey, expected);
        using var reference = UnlockKey.FromBytes(UnlockMethod.Password, expected);
        using var wrapKey = unlock.DeriveWrapKey();
        using var expectedWrapKey = reference.DeriveWrapKey();
        Assert.Equal(expectedWrapKey.Bytes, wrapKey.Bytes);

        // Typed decomposed, on another system.
        using var decomposed = PasswordUnlock.Derive("pa\u0308sswo\u0308rd"u8, secretKey);
        using var sameWrapKey = decomposed.DeriveWrapKey();
        Assert.Equal(wrapKey.Bytes, sameWrapKey.Bytes);
    }

    [Fact]
    public void Each_way_in_has_its_own_auth_key_and_wrap_key()
    {
        var bytes = new SeededRandom(82).Bytes(32);
        using var password = UnlockKey.FromBytes(UnlockMethod.Password, bytes);
        using var recovery = UnlockKey.FromBytes(UnlockMethod.Recovery, bytes);
        var keys = new List<string>();
        foreach (var unlock in new[] { password, recovery })
        {
            using var auth = unlock.DeriveAuthKey();
            using var wrap = unlock.DeriveWrapKey();
            var seed = new byte[32];
            auth.ExportSeed(seed);
            keys.Add(Convert.ToHexString(seed));
            keys.Add(Convert.ToHexString(wrap.Bytes));
        }

        Assert.Equal(4, keys.Distinct().Count());

        using var again = UnlockKey.FromBytes(UnlockMethod.Password, bytes);
        using var first = password.DeriveAuthKey();
        using var second = again.DeriveAuthKey();
        Assert.True(first.Matches(second.PublicKey));
    }

    [Fact]
    public void A_recovery_code_alone_gives_an_unlock_key()
    {
        using var code = RecoveryCode.FromBytes(new SeededRandom(83).Bytes(20));
        using var unlock = code.DeriveUnlockKey();
        Assert.Equal(UnlockMethod.Recovery, unlock.Method);

        var expected = new byte[32];
        Hkdf.Derive(code.Bytes, [], Purpose.DeriveRecoveryUnlockKey, expected);
        using var reference = UnlockKey.FromBytes(UnlockMethod.Recovery, expected);
        using var auth = unlock.DeriveAuthKey();
        using var expectedAuth = reference.DeriveAuthKey();
        Assert.Equal(expectedAuth.PublicKey, auth.PublicKey);
    }

    [Fact]
    public void A_password_that_is_empty_too_long_or_no_UTF_8_is_refused()
    {
        Assert.False(PasswordText.TryNormalize([], out _));
        Assert.False(PasswordText.TryNormalize(new byte[1025], out _));
        Assert.False(PasswordText.TryNormalize([(byte)'a', 0xff], out _));
        Assert.False(PasswordText.TryNormalize([0xed, 0xa0, 0x80], out _)); // a surrogate
        Assert.False(PasswordText.TryNormalize([0xc0, 0x80], out _)); // an overlong zero
        Assert.True(PasswordText.TryNormalize(Encoding.ASCII.GetBytes(new string('a', 1024)), out var longest));
        Assert.Equal(1024, longest.Length);
        using var secretKey = SecretKey.Create(new SeededRandom(84));
        Assert.Throws<ArgumentException>(() => PasswordUnlock.Derive([], secretKey));
    }

    private static byte[] Reference(ReadOnlySpan<byte> password, byte[] salt, int memory, int passes, int size)
    {
        using var argon2 = new Konscious.Security.Cryptography.Argon2id(password.ToArray())
        {
            Salt = salt,
            MemorySize = memory,
            Iterations = passes,
            DegreeOfParallelism = 1,
        };
        return argon2.GetBytes(size);
    }
}
