using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Vault.Crypto.Passwords;

/// <summary>
/// Secrets that people copy by hand: a prefix, then the bytes as one big-endian number in Crockford's base 32, then check
/// digits, in groups of five. The check is the number modulo the largest prime that fits its digits: every single wrong digit
/// and every two digits swapped are caught for certain, for no power of 32 within the length repeats modulo that prime.
/// </summary>
internal sealed class CodeText
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int BitsPerDigit = 5;
    private const int GroupSize = 5;

    private readonly string _prefix;
    private readonly int _size;
    private readonly int _dataDigits;
    private readonly int _checkDigits;
    private readonly uint _modulus;

    public CodeText(string prefix, int size, int checkDigits)
    {
        _prefix = prefix;
        _size = size;
        _dataDigits = ((size * 8) + BitsPerDigit - 1) / BitsPerDigit;
        _checkDigits = checkDigits;
        _modulus = checkDigits switch
        {
            3 => 32_749,
            4 => 1_048_573,
            _ => throw new ArgumentOutOfRangeException(nameof(checkDigits)),
        };
    }

    public string Format(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, _size);
        Span<byte> digits = stackalloc byte[_dataDigits + _checkDigits];
        WriteData(bytes, digits[.._dataDigits]);
        WriteCheck(digits);
        var text = new StringBuilder(_prefix, _prefix.Length + (digits.Length * 2));
        for (var at = 0; at < digits.Length; at++)
        {
            if (at % GroupSize == 0)
            {
                text.Append('-');
            }

            text.Append(Alphabet[digits[at]]);
        }

        digits.Clear();
        return text.ToString();
    }

    public bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SecretBytes? bytes)
    {
        bytes = null;
        Span<byte> digits = stackalloc byte[_dataDigits + _checkDigits];
        Span<byte> expected = stackalloc byte[digits.Length];
        try
        {
            if (!TryReadDigits(text, digits))
            {
                return false;
            }

            digits.CopyTo(expected);
            WriteCheck(expected);
            if (!digits.SequenceEqual(expected))
            {
                return false;
            }

            // Leading bits beyond the bytes must be zero, or two texts would mean one secret.
            var spare = (_dataDigits * BitsPerDigit) - (_size * 8);
            if (digits[0] >> (BitsPerDigit - spare) != 0)
            {
                return false;
            }

            bytes = SecretBytes.Allocate(_size);
            ReadData(digits[.._dataDigits], bytes.Writable);
            return true;
        }
        finally
        {
            digits.Clear();
            expected.Clear();
        }
    }

    // A dash is read only where a group begins, and never twice: anything else was not copied from the kit.
    private bool TryReadDigits(ReadOnlySpan<char> text, Span<byte> digits)
    {
        if (text.Length < _prefix.Length)
        {
            return false;
        }

        for (var at = 0; at < _prefix.Length; at++)
        {
            if (ValueOf(text[at]) != Alphabet.IndexOf(_prefix[at], StringComparison.Ordinal))
            {
                return false;
            }
        }

        var rest = text[_prefix.Length..];
        for (var at = 0; at < digits.Length; at++)
        {
            if (at % GroupSize == 0 && rest is ['-', ..])
            {
                rest = rest[1..];
            }

            if (rest.IsEmpty || ValueOf(rest[0]) is not (>= 0 and var value))
            {
                return false;
            }

            digits[at] = (byte)value;
            rest = rest[1..];
        }

        return rest.IsEmpty;
    }

    // ASCII only: culture has no say in what a letter's other case is.
    private static int ValueOf(char typed)
    {
        var upper = typed is >= 'a' and <= 'z' ? (char)(typed - 'a' + 'A') : typed;
        return upper switch
        {
            'I' or 'L' => 1,
            'O' => 0,
            _ => Alphabet.IndexOf(upper, StringComparison.Ordinal),
        };
    }

    private static void WriteData(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
        var bit = 0;
        for (var at = digits.Length - 1; at >= 0; at--)
        {
            var value = 0;
            for (var within = 0; within < BitsPerDigit && bit < bytes.Length * 8; within++, bit++)
            {
                value |= ((bytes[^((bit / 8) + 1)] >> (bit % 8)) & 1) << within;
            }

            digits[at] = (byte)value;
        }
    }

    private static void ReadData(ReadOnlySpan<byte> digits, Span<byte> bytes)
    {
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var value = (digits[^((bit / BitsPerDigit) + 1)] >> (bit % BitsPerDigit)) & 1;
            bytes[^((bit / 8) + 1)] |= (byte)(value << (bit % 8));
        }
    }

    private void WriteCheck(Span<byte> digits)
    {
        var rest = 0u;
        foreach (var digit in digits[.._dataDigits])
        {
            rest = ((rest << BitsPerDigit) | digit) % _modulus;
        }

        for (var at = digits.Length - 1; at >= _dataDigits; at--)
        {
            digits[at] = (byte)(rest & 31);
            rest >>= BitsPerDigit;
        }
    }
}
