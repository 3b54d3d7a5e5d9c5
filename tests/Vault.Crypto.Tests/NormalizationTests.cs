using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Vault.Crypto.Passwords;
using Vault.Crypto.Unicode;

namespace Vault.Crypto.Tests;

/// <summary>Form KC with our own tables, against the results of another implementation.</summary>
public class NormalizationTests
{
    [Theory]
    [InlineData("\ufb01", "fi")]
    [InlineData("A\u030a", "\u00c5")]
    [InlineData("\u212b", "\u00c5")]
    [InlineData("\uff30\uff41\uff53\uff53", "Pass")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1100\u1161\u11a8", "\uac01")]
    [InlineData("\u0958", "\u0915\u093c")]
    [InlineData("\u00a0", " ")]
    [InlineData("plain ascii 123!", "plain ascii 123!")]
    [InlineData("\U0001d400", "A")]
    public void Known_strings(string typed, string expected)
    {
        Assert.True(PasswordText.TryNormalize(Encoding.UTF8.GetBytes(typed), out var normalized));
        Assert.Equal(expected, Encoding.UTF8.GetString(normalized.Bytes));
    }

    [Fact]
    public void The_platform_itself_does_not_normalise_here() =>
        // Why the tables exist. If this turns red, the platform has learnt it; the pinned tables stay the format.
        Assert.Equal("\ufb01", "\ufb01".Normalize(NormalizationForm.FormKC));

    [Fact]
    public void Every_single_code_point_is_as_in_Unicode_14()
    {
        // SHA-256 of form KC of each scalar value and a line feed, computed with CPython's unicodedata 14.0.0.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<int> result = stackalloc int[CompatibilityComposition.BoundOf(1)];
        Span<byte> utf8 = stackalloc byte[4];
        for (var point = 0; point < 0x110000; point++)
        {
            if (!Rune.IsValid(point))
            {
                continue;
            }

            foreach (var composed in result[..CompatibilityComposition.Normalize([point], result)])
            {
                hash.AppendData(utf8[..new Rune(composed).EncodeToUtf8(utf8)]);
            }

            hash.AppendData("\n"u8);
        }

        Assert.Equal("06e7277bca1b5f061a23d4e0caee648a132aee7e3fe7ae21a6f460298c980a11", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Random_sequences_reorder_and_compose_as_elsewhere()
    {
        using var stream = typeof(NormalizationTests).Assembly.GetManifestResourceStream("nfkc-sequences.txt")!;
        using var reader = new StreamReader(stream);
        var count = 0;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var sides = line.Split(';').Select(Points).ToArray();
            var result = new int[CompatibilityComposition.BoundOf(sides[0].Length)];
            Assert.Equal(sides[1], result[..CompatibilityComposition.Normalize(sides[0], result)]);
            count++;
        }

        Assert.Equal(600, count);
    }

    private static int[] Points(string hex) =>
        [.. hex.Split(' ').Select(point => int.Parse(point, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
}
