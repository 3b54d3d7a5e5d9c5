using Vault.Core;

namespace Vault.Crypto;

/// <summary>
/// What a box is bound to: its purpose and every fact that must be the same when it is opened. Encoded as
/// <c>u32be(len) ‖ part</c>, the tag first, integers as eight bytes big-endian.
/// </summary>
public sealed class BoxContext
{
    private readonly byte[] _encoded;

    private BoxContext(byte[] encoded) => _encoded = encoded;

    /// <summary>The encoding that goes into the derivation.</summary>
    public ReadOnlySpan<byte> Encoded => _encoded;

    /// <summary>A context of a purpose and its parts, in the order FORMAT.md gives for that purpose.</summary>
    public static BoxContext For(Purpose purpose, params ReadOnlySpan<ContextPart> parts) =>
        new(ContextPart.Encode(purpose, parts));
}
