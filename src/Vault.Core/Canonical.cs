using Google.Protobuf;

namespace Vault.Core;

/// <summary>
/// Signed bytes are opaque: verified as received, then parsed, then required to re-encode to the same bytes
/// (attack: two parsers see two messages in one signature). Unknown fields are dropped by the parser, so bytes that hold
/// one re-encode shorter and are refused. FORMAT.md, section 3.
/// </summary>
public static class Canonical
{
    /// <summary>The message, if the bytes are its one canonical encoding. Never throws.</summary>
    public static bool TryParse<T>(MessageParser<T> parser, ByteString bytes, out T message)
        where T : class, IMessage<T> =>
        TryParseLoosely(parser, bytes, out message) && message.ToByteString().Span.SequenceEqual(bytes.Span);

    /// <summary>The message, without asking that the bytes be canonical: only for the fields that never move.</summary>
    internal static bool TryParseLoosely<T>(MessageParser<T> parser, ByteString bytes, out T message)
        where T : class, IMessage<T>
    {
        try
        {
            message = parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            message = null!;
            return false;
        }
    }

    /// <summary>
    /// Whether no tag, at any depth, has a wire type that protobuf reserves (6 and 7). The parser passes over such tags when it
    /// drops unknown fields, and refuses them when it keeps them.
    /// </summary>
    internal static bool HasKnownWireTypes<T>(MessageParser<T> parser, ByteString bytes)
        where T : class, IMessage<T>
    {
        try
        {
            parser.WithDiscardUnknownFields(false).ParseFrom(bytes);
            return true;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException)
        {
            return false;
        }
    }
}
