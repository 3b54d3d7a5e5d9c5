using System.Text;
using Google.Protobuf;
using Vault.Core;

namespace Vault.Crypto.Codes;

/// <summary>
/// A message as text that people can copy, read out and mistype: a prefix, then Crockford base32 of its bytes and a 32-bit
/// check, in groups of five (FORMAT.md, section 9). Reads what a person plausibly typed, and nothing that fails the check.
/// </summary>
internal static class MessageText
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int CheckBytes = 4;
    private const int GroupDigits = 5;
    private const int TextMax = 2_048;

    public static string Format(string prefix, IMessage message)
    {
        var bytes = message.ToByteArray();
        byte[] all = [.. bytes, .. TaggedHash.Of(Purpose.HashTextCode, bytes).AsSpan(0, CheckBytes)];
        var text = new StringBuilder(prefix);
        var digits = ((all.Length * 8) + 4) / 5;
        for (var digit = 0; digit < digits; digit++)
        {
            if (digit % GroupDigits == 0)
            {
                text.Append('-');
            }

            text.Append(Alphabet[ReadDigit(all, digit)]);
        }

        return text.ToString();
    }

    public static T? Parse<T>(string prefix, string text, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > TextMax)
        {
            return null;
        }

        // The prefix is typed by the same hands as the digits, so it forgives the same confusions.
        var compact = Plain(text);
        if (!compact.StartsWith(Plain(prefix), StringComparison.Ordinal))
        {
            return null;
        }

        var digits = compact[prefix.Length..].Select(ValueOf).ToArray();
        var length = digits.Length * 5 / 8;
        if (length <= CheckBytes || digits.Contains(-1) || digits.Length != ((length * 8) + 4) / 5)
        {
            return null;
        }

        var all = new byte[length + 1];
        for (var digit = 0; digit < digits.Length; digit++)
        {
            WriteDigit(all, digit, digits[digit]);
        }

        // The bits beyond the last byte are zero, or two texts would mean one code.
        var bytes = all.AsSpan(0, length - CheckBytes).ToArray();
        var check = TaggedHash.Of(Purpose.HashTextCode, bytes).AsSpan(0, CheckBytes);
        return all[length] == 0 && check.SequenceEqual(all.AsSpan(length - CheckBytes, CheckBytes))
            && Canonical.TryParse(parser, ByteString.CopyFrom(bytes), out var message)
            ? message
            : null;
    }

    private static int ReadDigit(byte[] bytes, int digit)
    {
        var value = 0;
        for (var bit = digit * 5; bit < (digit + 1) * 5; bit++)
        {
            var set = bit / 8 < bytes.Length && ((bytes[bit / 8] >> (7 - (bit % 8))) & 1) == 1;
            value = (value << 1) | (set ? 1 : 0);
        }

        return value;
    }

    private static void WriteDigit(byte[] bytes, int digit, int value)
    {
        for (var i = 0; i < 5; i++)
        {
            var bit = (digit * 5) + i;
            bytes[bit / 8] |= (byte)(((value >> (4 - i)) & 1) << (7 - (bit % 8)));
        }
    }

    private static int ValueOf(char digit) => Alphabet.IndexOf(digit, StringComparison.Ordinal);

    private static string Plain(string text) => string.Concat(text
        .Where(c => c != '-' && !char.IsWhiteSpace(c))
        .Select(c => char.ToUpperInvariant(c) switch
        {
            'I' or 'L' => '1',
            'O' => '0',
            var other => other,
        }));
}
