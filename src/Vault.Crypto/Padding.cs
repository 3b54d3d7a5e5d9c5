using System.Buffers.Binary;

namespace Vault.Crypto;

/// <summary>
/// Size classes hide lengths: a blob is <c>u32be(length) ‖ plaintext ‖ zeros</c>, padded to 512 bytes or the next power of
/// two up to 1 MiB. One plaintext has one padding, so a second spelling is refused.
/// </summary>
public static class Padding
{
    /// <summary>The smallest class.</summary>
    public const int MinimumSize = 512;

    /// <summary>The largest class, 1 MiB.</summary>
    public const int MaximumSize = 1 << 20;

    /// <summary>The longest plaintext that can be padded.</summary>
    public const int MaximumPlaintext = MaximumSize - LengthSize;

    private const int LengthSize = 4;

    /// <summary>The class that a plaintext of this length falls into.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or above <see cref="MaximumPlaintext"/>.</exception>
    public static int SizeOf(int plaintextLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(plaintextLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintextLength, MaximumPlaintext);
        var size = MinimumSize;
        while (size < plaintextLength + LengthSize)
        {
            size *= 2;
        }

        return size;
    }

    /// <summary>The padded plaintext; the caller wipes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The plaintext is longer than <see cref="MaximumPlaintext"/>.</exception>
    public static byte[] Pad(ReadOnlySpan<byte> plaintext)
    {
        var padded = new byte[SizeOf(plaintext.Length)];
        BinaryPrimitives.WriteUInt32BigEndian(padded, (uint)plaintext.Length);
        plaintext.CopyTo(padded.AsSpan(LengthSize));
        return padded;
    }

    /// <summary>The plaintext again; false when the length does not fit, the class is not the smallest, or a pad byte is not zero.</summary>
    public static bool TryUnpad(ReadOnlySpan<byte> padded, out byte[] plaintext)
    {
        plaintext = [];
        if (padded.Length < MinimumSize)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(padded);
        if (length > MaximumPlaintext || SizeOf((int)length) != padded.Length)
        {
            return false;
        }

        if (padded[(LengthSize + (int)length)..].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        plaintext = padded.Slice(LengthSize, (int)length).ToArray();
        return true;
    }
}
