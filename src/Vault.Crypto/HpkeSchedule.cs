using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Vault.Crypto;

/// <summary>
/// The key schedule of HPKE, base mode (RFC 9180, section 5.1), for KDF HKDF-SHA-256 and AEAD ChaCha20-Poly1305 and any KEM:
/// the RFC's own vectors, with X25519, run through the code that X-Wing uses.
/// </summary>
public sealed class HpkeSchedule : IDisposable
{
    private const ushort KdfHkdfSha256 = 0x0001;
    private const ushort AeadChaCha20Poly1305 = 0x0003;
    private const byte ModeBase = 0x00;
    private const int HashSize = 32;
    private const int KeySize = 32;
    private const int NonceSize = 12;

    private readonly SecretBytes _key = SecretBytes.Allocate(KeySize);
    private readonly SecretBytes _baseNonce = SecretBytes.Allocate(NonceSize);

    private HpkeSchedule()
    {
    }

    /// <summary>The AEAD key, 32 bytes.</summary>
    public ReadOnlySpan<byte> Key => _key.Bytes;

    /// <summary>The nonce of the first message, 12 bytes; single-shot sealing has no second.</summary>
    public ReadOnlySpan<byte> BaseNonce => _baseNonce.Bytes;

    /// <summary>Key and nonce from a KEM's shared secret and the application's info. No pre-shared key, no exporter.</summary>
    public static HpkeSchedule Derive(ushort kemId, ReadOnlySpan<byte> sharedSecret, ReadOnlySpan<byte> info)
    {
        // suite_id = "HPKE" ‖ I2OSP(kem_id, 2) ‖ I2OSP(kdf_id, 2) ‖ I2OSP(aead_id, 2)
        Span<byte> suite = stackalloc byte[10];
        "HPKE"u8.CopyTo(suite);
        BinaryPrimitives.WriteUInt16BigEndian(suite[4..], kemId);
        BinaryPrimitives.WriteUInt16BigEndian(suite[6..], KdfHkdfSha256);
        BinaryPrimitives.WriteUInt16BigEndian(suite[8..], AeadChaCha20Poly1305);

        Span<byte> context = stackalloc byte[1 + HashSize + HashSize];
        context[0] = ModeBase;
        LabeledExtract(suite, [], "psk_id_hash"u8, [], context.Slice(1, HashSize));
        LabeledExtract(suite, [], "info_hash"u8, info, context[(1 + HashSize)..]);

        Span<byte> secret = stackalloc byte[HashSize];
        LabeledExtract(suite, sharedSecret, "secret"u8, [], secret);
        var schedule = new HpkeSchedule();
        LabeledExpand(suite, secret, "key"u8, context, schedule._key.Writable);
        LabeledExpand(suite, secret, "base_nonce"u8, context, schedule._baseNonce.Writable);
        CryptographicOperations.ZeroMemory(secret);
        return schedule;
    }

    public void Dispose()
    {
        _key.Dispose();
        _baseNonce.Dispose();
    }

    public override string ToString() => "HpkeSchedule(redacted)";

    // labeled_ikm = "HPKE-v1" ‖ suite_id ‖ label ‖ ikm. Only public values are ever the ikm here; the KEM's secret is the salt.
    private static void LabeledExtract(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> keyMaterial, Span<byte> output)
    {
        byte[] labeled = [.. "HPKE-v1"u8, .. suite, .. label, .. keyMaterial];
        HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, output);
    }

    // labeled_info = I2OSP(L, 2) ‖ "HPKE-v1" ‖ suite_id ‖ label ‖ info
    private static void LabeledExpand(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, Span<byte> output)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)output.Length);
        byte[] labeled = [.. length, .. "HPKE-v1"u8, .. suite, .. label, .. info];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, output, labeled);
    }
}
