using CsCheck;
using Vault.Crypto.Passwords;

namespace Vault.Crypto.Tests;

/// <summary>Secret Key and recovery code as people copy them.</summary>
public class CodeTextTests
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    [Fact]
    public void The_text_of_a_Secret_Key_is_fixed()
    {
        // The value 1 has remainder 1; all ones has the remainder of 2^128 - 1 modulo 1,048,573.
        using var one = SecretKey.FromBytes([.. new byte[15], 1]);
        Assert.Equal("SV1-00000-00000-00000-00000-00000-10001", one.ToText());
        using var ones = SecretKey.FromBytes(Enumerable.Repeat((byte)255, 16).ToArray());
        Assert.StartsWith("SV1-7ZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-Z", ones.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_of_a_recovery_code_is_fixed()
    {
        using var one = RecoveryCode.FromBytes([.. new byte[19], 1]);
        Assert.Equal("SVR1-00000-00000-00000-00000-00000-00000-01001", one.ToText());
    }

    [Fact]
    public void Every_key_and_code_reads_back() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[20]).Sample((key, code) =>
        {
            using var secretKey = SecretKey.FromBytes(key);
            using var recovery = RecoveryCode.FromBytes(code);
            Assert.True(SecretKey.TryParse(secretKey.ToText(), out var keyAgain));
            Assert.True(RecoveryCode.TryParse(recovery.ToText(), out var codeAgain));
            Assert.Equal(key, keyAgain.Bytes);
            Assert.Equal(code, codeAgain.Bytes);
        });

    [Fact]
    public void Lower_case_missing_dashes_and_look_alikes_read_the_same()
    {
        using var key = SecretKey.FromBytes([.. new byte[15], 1]);
        foreach (var text in new[]
        {
            "sv1-00000-00000-00000-00000-00000-10001",
            "SV1" + new string('0', 25) + "10001",
            "SVI-OOOOO-ooooo-00000-00000-00000-lOOOi",
            "SV1-0000000000-00000-00000-00000-1OOOL",
        })
        {
            Assert.True(SecretKey.TryParse(text, out var parsed), text);
            Assert.Equal(key.Bytes, parsed.Bytes);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("SV1")]
    [InlineData("SV1-")]
    [InlineData("SV2-00000-00000-00000-00000-00000-10001")]
    [InlineData("SVR1-00000-00000-00000-00000-00000-10001")]
    [InlineData("SV1--00000-00000-00000-00000-00000-10001")]
    [InlineData("SV1-0000-000000-00000-00000-00000-10001")]
    [InlineData("SV1-00000-00000-00000-00000-00000-10001-")]
    [InlineData("SV1-00000-00000-00000-00000-00000-100010")]
    [InlineData("SV1-00000-00000-00000-00000-00000-1000")]
    [InlineData(" SV1-00000-00000-00000-00000-00000-10001")]
    [InlineData("SV1-00000-00000-00000-00000-00000-1000U")]
    [InlineData("SV1-00000-00000-00000-00000-00000-1000\u0661")]
    [InlineData("SV1-00000-00000-00000-00000-00000-1000\uff11")]
    [InlineData("SV1\u201000000-00000-00000-00000-00000-10001")]
    public void Anything_else_is_refused(string text) => Assert.False(SecretKey.TryParse(text, out _));

    [Fact]
    public void Bits_beyond_the_key_must_be_zero()
    {
        // 2^128 has the right checksum but no place in 16 bytes.
        var check = (uint)(System.Numerics.BigInteger.Pow(2, 128) % 1_048_573);
        var digits = string.Concat(Enumerable.Range(0, 4).Select(at => Alphabet[(int)(check >> (15 - (at * 5))) & 31]));
        Assert.False(SecretKey.TryParse("SV18" + new string('0', 25) + digits, out _));
    }

    [Fact]
    public void Every_single_mistyped_character_is_caught()
    {
        var random = new SeededRandom(90);
        for (var round = 0; round < 20; round++)
        {
            using var key = SecretKey.Create(random);
            using var code = RecoveryCode.Create(random);
            EachMistype(key.ToText(), text => Assert.False(SecretKey.TryParse(text, out _), text));
            EachMistype(code.ToText(), text => Assert.False(RecoveryCode.TryParse(text, out _), text));
        }
    }

    [Fact]
    public void Every_two_swapped_characters_are_caught_near_or_far()
    {
        var random = new SeededRandom(91);
        for (var round = 0; round < 50; round++)
        {
            using var key = SecretKey.Create(random);
            using var code = RecoveryCode.Create(random);
            EachSwap(key.ToText(), text => Assert.False(SecretKey.TryParse(text, out _), text));
            EachSwap(code.ToText(), text => Assert.False(RecoveryCode.TryParse(text, out _), text));
        }
    }

    [Fact]
    public void Keys_and_codes_print_nothing()
    {
        using var key = SecretKey.Create(new SeededRandom(92));
        using var code = RecoveryCode.Create(new SeededRandom(92));
        Assert.Equal("SecretKey(redacted)", key.ToString());
        Assert.Equal("RecoveryCode(redacted)", code.ToString());
    }

    private static void EachMistype(string text, Action<string> refuse)
    {
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var digit in Alphabet.Where(digit => text[at] != '-' && text[at] != digit))
            {
                refuse(text[..at] + digit + text[(at + 1)..]);
            }
        }
    }

    private static void EachSwap(string text, Action<string> refuse)
    {
        var start = text.IndexOf('-', StringComparison.Ordinal);
        for (var one = start; one < text.Length; one++)
        {
            for (var two = one + 1; two < text.Length; two++)
            {
                if (text[one] != text[two] && text[one] != '-' && text[two] != '-')
                {
                    var swapped = text.ToCharArray();
                    (swapped[one], swapped[two]) = (swapped[two], swapped[one]);
                    refuse(new string(swapped));
                }
            }
        }
    }
}
