using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Vault.Crypto.Unicode;

namespace Vault.Crypto.Passwords;

/// <summary>
/// The one spelling of a password: UTF-8 of its normalisation form KC. The same keys pressed on two systems may give composed
/// or decomposed letters; both must open the locker.
/// </summary>
public static class PasswordText
{
    /// <summary>The most bytes of UTF-8 that a password may have as typed.</summary>
    public const int MaximumSize = 1024;

    /// <summary>The normalised password; false when it is empty, longer than <see cref="MaximumSize"/> or no UTF-8.</summary>
    public static bool TryNormalize(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out SecretBytes? normalized)
    {
        normalized = null;
        if (utf8.IsEmpty || utf8.Length > MaximumSize)
        {
            return false;
        }

        // Code points need no more places than bytes. Both buffers are secrets, so both are wiped.
        using var typed = SecretBytes.Allocate(utf8.Length * sizeof(int));
        using var composed = SecretBytes.Allocate(CompatibilityComposition.BoundOf(utf8.Length) * sizeof(int));
        var points = MemoryMarshal.Cast<byte, int>(typed.Writable);
        var count = 0;
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var consumed) != OperationStatus.Done)
            {
                return false;
            }

            points[count++] = rune.Value;
            utf8 = utf8[consumed..];
        }

        var result = MemoryMarshal.Cast<byte, int>(composed.Writable);
        result = result[..CompatibilityComposition.Normalize(points[..count], result)];
        var size = 0;
        foreach (var point in result)
        {
            size += new Rune(point).Utf8SequenceLength;
        }

        normalized = SecretBytes.Allocate(size);
        var rest = normalized.Writable;
        foreach (var point in result)
        {
            rest = rest[new Rune(point).EncodeToUtf8(rest)..];
        }

        return true;
    }
}
