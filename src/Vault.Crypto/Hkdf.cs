using System.Security.Cryptography;
using Vault.Core;

namespace Vault.Crypto;

/// <summary>
/// HKDF-SHA-256 (RFC 5869) for a purpose: <c>info</c> is <c>u32be(len) ‖ tag</c>, then <c>u32be(len) ‖ part</c> for each
/// further part, so keys for two purposes or two contexts are independent.
/// </summary>
public static class Hkdf
{
    /// <summary>Fills the output, at most 8,160 bytes, from the key material. An empty salt is RFC 5869's 32 zero bytes.</summary>
    public static void Derive(
        ReadOnlySpan<byte> keyMaterial,
        ReadOnlySpan<byte> salt,
        Purpose purpose,
        Span<byte> output,
        params ReadOnlySpan<ContextPart> parts) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, keyMaterial, output, salt, ContextPart.Encode(purpose, parts));

    /// <summary>A derived secret of the given length, without salt.</summary>
    public static SecretBytes DeriveSecret(
        ReadOnlySpan<byte> keyMaterial, Purpose purpose, int length, params ReadOnlySpan<ContextPart> parts)
    {
        var secret = SecretBytes.Allocate(length);
        Derive(keyMaterial, [], purpose, secret.Writable, parts);
        return secret;
    }
}
