using NSec.Cryptography;

namespace Vault.Core;

/// <summary>
/// The one place that verifies signatures: Ed25519 (RFC 8032) over <c>u8 len(tag) ‖ tag ‖ body</c> (FORMAT.md, section 2).
/// libsodium's verification is strict: it refuses S ≥ L, non-canonical and small-order A and R (attack: one body, two
/// signatures; a key under which everything verifies).
/// </summary>
public static class Signatures
{
    /// <summary>Bytes of an Ed25519 public key.</summary>
    public const int PublicKeySize = 32;

    /// <summary>Bytes of an Ed25519 signature.</summary>
    public const int SignatureSize = 64;

    // Tags are at most 64 bytes, so a framed small body fits the stack; only large bodies (a commit's) take the heap.
    private const int StackLimit = 1024;

    /// <summary>
    /// True when the signature over exactly this body, for exactly this purpose, is by the holder of this key.
    /// Never throws: a wrong length or a key that is no point is an untrue signature like any other.
    /// </summary>
    public static bool Verify(
        Purpose purpose, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeySize || signature.Length != SignatureSize)
        {
            return false;
        }

        var ed25519 = SignatureAlgorithm.Ed25519;
        if (!PublicKey.TryImport(ed25519, publicKey, KeyBlobFormat.RawPublicKey, out var key) || key is null)
        {
            return false;
        }

        var size = FramedSize(purpose, body);
        var framed = size <= StackLimit ? stackalloc byte[size] : new byte[size];
        Frame(purpose, body, framed);
        return ed25519.Verify(key, framed, signature);
    }

    /// <summary>Bytes that <see cref="Frame"/> writes.</summary>
    public static int FramedSize(Purpose purpose, ReadOnlySpan<byte> body) => checked(1 + purpose.Bytes.Length + body.Length);

    /// <summary>Writes what a signature covers, <c>u8 len(tag) ‖ tag ‖ body</c>, into a span of exactly the framed size.</summary>
    public static void Frame(Purpose purpose, ReadOnlySpan<byte> body, Span<byte> destination)
    {
        var tag = purpose.Bytes;
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, FramedSize(purpose, body));
        destination[0] = checked((byte)tag.Length);
        tag.CopyTo(destination[1..]);
        body.CopyTo(destination[(1 + tag.Length)..]);
    }
}
