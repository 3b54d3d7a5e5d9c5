using System.Diagnostics.CodeAnalysis;
using Vault.Core.Seams;

namespace Vault.Crypto.Passwords;

/// <summary>
/// The Secret Key, 128 random bits that stand beside the password: on each device and in the emergency kit, never on a relay.
/// As text <c>SV1-</c> and six groups of five: 26 digits and 4 of checksum.
/// </summary>
public sealed class SecretKey : IDisposable
{
    /// <summary>Bytes of a Secret Key.</summary>
    public const int Size = 16;

    private static readonly CodeText Text = new("SV1", Size, checkDigits: 4);

    private readonly SecretBytes _bytes;

    private SecretKey(SecretBytes bytes) => _bytes = bytes;

    /// <summary>The 16 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Bytes;

    /// <summary>A new random Secret Key.</summary>
    public static SecretKey Create(IRandomSource random) => new(SecretBytes.Create(random, Size));

    /// <summary>A Secret Key from its bytes, which are copied.</summary>
    /// <exception cref="ArgumentException">Not 16 bytes.</exception>
    public static SecretKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        return new(SecretBytes.CopyOf(bytes));
    }

    /// <summary>Reads what a person typed: either case, dashes in their places or left out, I and L for 1, O for 0, else exact.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SecretKey? secretKey)
    {
        secretKey = Text.TryParse(text, out var bytes) ? new SecretKey(bytes) : null;
        return secretKey is not null;
    }

    /// <summary>The text for the emergency kit. A string cannot be wiped, so call it only to show the kit.</summary>
    public string ToText() => Text.Format(_bytes.Bytes);

    public void Dispose() => _bytes.Dispose();

    public override string ToString() => "SecretKey(redacted)";
}
