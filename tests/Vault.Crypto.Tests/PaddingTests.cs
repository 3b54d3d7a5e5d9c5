using CsCheck;

namespace Vault.Crypto.Tests;

public class PaddingTests
{
    [Theory]
    [InlineData(0, 512)]
    [InlineData(508, 512)]
    [InlineData(509, 1024)]
    [InlineData(1020, 1024)]
    [InlineData(1021, 2048)]
    [InlineData(4092, 4096)]
    [InlineData(4093, 8192)]
    [InlineData(Padding.MaximumPlaintext, 1 << 20)]
    public void Lengths_fall_into_size_classes(int length, int size) => Assert.Equal(size, Padding.Pad(new byte[length]).Length);

    [Fact]
    public void What_was_padded_unpads() =>
        Gen.Byte.Array[0, 5000].Sample(
            plaintext => Padding.TryUnpad(Padding.Pad(plaintext), out var again) && again.SequenceEqual(plaintext), iter: 300);

    [Fact]
    public void One_plaintext_has_one_padding() =>
        // Any change to a padded blob that still unpads means another plaintext.
        Gen.Select(Gen.Byte.Array[0, 600], Gen.Int[0, 1023], Gen.Byte[1, 255]).Sample(
            (plaintext, at, flip) =>
            {
                var padded = Padding.Pad(plaintext);
                padded[at % padded.Length] ^= flip;
                return !Padding.TryUnpad(padded, out var again) || Padding.Pad(again).SequenceEqual(padded);
            },
            iter: 1000);

    [Fact]
    public void A_pad_byte_that_is_not_zero_is_refused()
    {
        var padded = Padding.Pad("text"u8);
        padded[^1] = 1;
        Assert.False(Padding.TryUnpad(padded, out _));
    }

    [Fact]
    public void A_class_larger_than_needed_is_refused() =>
        Assert.False(Padding.TryUnpad([.. Padding.Pad("text"u8), .. new byte[512]], out _));

    [Theory]
    [InlineData(new byte[] { 0, 0, 2, 0 })] // 512: one that fits no 512 class
    [InlineData(new byte[] { 0, 16, 0, 0 })] // 1 MiB: above the largest class with its length
    [InlineData(new byte[] { 255, 255, 255, 255 })]
    [InlineData(new byte[] { 128, 0, 0, 0 })]
    public void A_length_that_does_not_fit_is_refused(byte[] length)
    {
        var padded = new byte[512];
        length.CopyTo(padded, 0);
        Assert.False(Padding.TryUnpad(padded, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(511)]
    [InlineData(513)]
    [InlineData(768)]
    public void A_size_that_is_no_class_is_refused(int size) => Assert.False(Padding.TryUnpad(new byte[size], out _));

    [Fact]
    public void A_plaintext_above_the_largest_class_is_the_callers_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Padding.Pad(new byte[Padding.MaximumPlaintext + 1]));
}
