using Google.Protobuf;
using Vault.Core.Seams;

namespace Vault.Crypto;

/// <summary>A message, padded to its size class, in a box. What stands in between is wiped.</summary>
public static class PaddedBox
{
    /// <summary>The box of a message.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The message is longer than <see cref="Padding.MaximumPlaintext"/>.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> key, BoxContext context, IMessage message, IRandomSource random)
    {
        var plain = message.ToByteArray();
        var padded = Padding.Pad(plain);
        try
        {
            return Box.Seal(key, context, padded, random);
        }
        finally
        {
            plain.AsSpan().Clear();
            padded.AsSpan().Clear();
        }
    }

    /// <summary>The message in a box; null when it does not open, is not padded as it must be, or is no such message: one failure.</summary>
    public static T? Open<T>(ReadOnlySpan<byte> key, BoxContext context, ReadOnlySpan<byte> box, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        if (!Box.TryOpen(key, context, box, out var padded))
        {
            return null;
        }

        var unpadded = Padding.TryUnpad(padded, out var plain);
        padded.AsSpan().Clear();
        try
        {
            return unpadded ? parser.ParseFrom(plain) : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
        finally
        {
            plain.AsSpan().Clear();
        }
    }
}
