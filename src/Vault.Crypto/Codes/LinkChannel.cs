using Vault.Core;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Crypto.Codes;

/// <summary>
/// The messages by which an old device links a new one. The one-time code is itself the secret and keys both directions, and
/// each message is boxed under a key that covers all before it: nothing can be swapped, reflected or reordered.
/// </summary>
public sealed class LinkChannel : IDisposable
{
    /// <summary>Bytes of a code that is typed.</summary>
    public const int TypedCodeSize = 16;

    /// <summary>Bytes of a code that is scanned.</summary>
    public const int ScannedCodeSize = 32;

    private const int Steps = 4;

    private readonly SecretBytes _code;
    private readonly List<ReadOnlyMemory<byte>> _boxes = [];

    /// <summary>A channel of a code, of either size, which is copied.</summary>
    /// <exception cref="ArgumentException">The code has another size.</exception>
    public LinkChannel(ReadOnlySpan<byte> code)
    {
        if (code.Length is not (TypedCodeSize or ScannedCodeSize))
        {
            throw new ArgumentException("A link code is 16 or 32 bytes.", nameof(code));
        }

        _code = SecretBytes.CopyOf(code);
    }

    /// <summary>The step that comes next, 1 to 4; 5 when all are done.</summary>
    public int NextStep => _boxes.Count + 1;

    /// <summary>Where the messages lie at the relay, 32 bytes.</summary>
    public byte[] Mailbox()
    {
        var mailbox = new byte[TaggedHash.Size];
        Hkdf.Derive(_code.Bytes, [], Purpose.DeriveLinkMailbox, mailbox);
        return mailbox;
    }

    /// <summary>Boxes the next message.</summary>
    /// <exception cref="InvalidOperationException">All steps are done, or the message is another step's.</exception>
    public byte[] Seal(LinkMessage message, IRandomSource random)
    {
        if (!Fits(message))
        {
            throw new InvalidOperationException($"Step {NextStep} carries another message.");
        }

        using var key = NextKey();
        var box = PaddedBox.Seal(key.Bytes, NextContext(), message, random);
        _boxes.Add(box);
        return box;
    }

    /// <summary>Opens the next message; null, and the channel is over, when it does not open or is another step's.</summary>
    public LinkMessage? Open(ReadOnlySpan<byte> box)
    {
        if (NextStep > Steps)
        {
            return null;
        }

        using var key = NextKey();
        var message = PaddedBox.Open(key.Bytes, NextContext(), box, LinkMessage.Parser);
        if (message is null || !Fits(message))
        {
            return null;
        }

        _boxes.Add(box.ToArray());
        return message;
    }

    public void Dispose() => _code.Dispose();

    public override string ToString() => "LinkChannel(redacted)";

    private bool Fits(LinkMessage message) => (int)message.StepCase == NextStep && NextStep <= Steps;

    private SecretBytes NextKey()
    {
        ContextPart earlier = TaggedHash.OfAll(Purpose.HashLinkMessage, _boxes);
        return Hkdf.DeriveSecret(_code.Bytes, Purpose.DeriveLinkKey, Box.KeySize, (ulong)NextStep, earlier);
    }

    private BoxContext NextContext() => BoxContext.For(Purpose.BoxLink, (ulong)NextStep);
}
