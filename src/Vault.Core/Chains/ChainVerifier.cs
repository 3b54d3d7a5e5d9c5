using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Chains;

/// <summary>
/// What both chains ask of every entry before their own rules speak: size, version, place, canonical bytes
/// (FORMAT.md, rules 101 to 107). The order is part of the format: the first fault is the verdict.
/// </summary>
internal static class ChainVerifier
{
    /// <summary>The one format version that this code writes and reads.</summary>
    public const uint FormatVersion = 1;

    /// <summary>
    /// Opens an entry that should stand after <paramref name="before"/>. <paramref name="isSignedByAuthor"/> judges a newer
    /// version by the fields that never move: validly signed means "update", anything else is refused.
    /// </summary>
    public static Fault? Open<TBody>(
        SignedEntry entry,
        MessageParser<TBody> parser,
        Func<TBody, EntryHeader> headerOf,
        ChainPosition? before,
        Func<TBody, bool> isSignedByAuthor,
        out TBody body)
        where TBody : class, IMessage<TBody>
    {
        body = null!;
        if (entry.Body.Length > Limits.BodyBytes)
        {
            return Nowhere(FaultCode.TooLarge, "body", before);
        }

        if (entry.Signatures.Count is 0 or > Limits.SignaturesPerEntry)
        {
            return Nowhere(FaultCode.SignatureCount, "", before);
        }

        if (!Canonical.TryParseLoosely(parser, entry.Body, out body))
        {
            return Nowhere(FaultCode.NotCanonical, "does not parse", before);
        }

        var header = headerOf(body);

        // In version 1 they do not re-encode; only what stands under another version needs the second look.
        if (header.Version != FormatVersion && !Canonical.HasKnownWireTypes(parser, entry.Body))
        {
            return Nowhere(FaultCode.NotCanonical, "reserved wire type", before);
        }

        var place = CheckPlace(header, before);
        if (header.Version > FormatVersion)
        {
            var update = place is null && isSignedByAuthor(body);
            return Located(new Fault(update ? FaultCode.NewerFormat : FaultCode.UnknownFormat, "version"), header, before);
        }

        if (header.Version != FormatVersion)
        {
            return Located(new Fault(FaultCode.UnknownFormat, "version"), header, before);
        }

        if (!body.ToByteString().Span.SequenceEqual(entry.Body.Span))
        {
            return Located(new Fault(FaultCode.NotCanonical, "re-encodes differently"), header, before);
        }

        return place is null ? null : Located(place, header, before);
    }

    /// <summary>A fault, with the chain, position and author that the header claims.</summary>
    public static Fault Located(Fault fault, EntryHeader header, ChainPosition? before) =>
        fault.At(before?.Chain ?? (Hash32.TryParse(header.Chain.Span, out var chain) ? chain : null), header.Seq, header.Author);

    private static Fault? CheckPlace(EntryHeader header, ChainPosition? before)
    {
        if (before is not { } position)
        {
            return header switch
            {
                { Chain.IsEmpty: false } => new Fault(FaultCode.WrongChain, "a genesis names no chain"),
                { Seq: not 0 } => new Fault(FaultCode.WrongSeq, "a genesis stands at 0"),
                _ when !IsZero(header.Prev) => new Fault(FaultCode.WrongPrev, "a genesis follows 32 zero bytes"),
                _ => null,
            };
        }

        if (!Hash32.TryParse(header.Chain.Span, out var chain) || chain != position.Chain)
        {
            return new Fault(FaultCode.WrongChain);
        }

        if (header.Seq != position.Head.Seq + 1)
        {
            return new Fault(FaultCode.WrongSeq, $"{position.Head.Seq + 1} expected");
        }

        return EntryId.TryParse(header.Prev, out var prev) && prev == position.Head.Id ? null : new Fault(FaultCode.WrongPrev);
    }

    private static bool IsZero(ByteString prev) => Hash32.TryParse(prev.Span, out var value) && value == Hash32.Zero;

    // Bytes that tell nothing of themselves stand where the next entry was expected.
    private static Fault Nowhere(FaultCode code, string detail, ChainPosition? before) =>
        new Fault(code, detail).At(before?.Chain, before is { } position ? position.Head.Seq + 1 : 0, null);
}
