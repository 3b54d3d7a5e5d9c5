using Vault.Core.Ids;

namespace Vault.Core;

/// <summary>Ids that are hashes of public keys.</summary>
public static class KeyIds
{
    /// <summary>A device is named by its Ed25519 signing key, 32 bytes.</summary>
    public static DeviceId OfDevice(ReadOnlySpan<byte> signingKey) =>
        DeviceId.Parse(TaggedHash.Of(Purpose.HashDevice, signingKey));

    /// <summary>An invite is named by its Ed25519 invite key, 32 bytes.</summary>
    public static InviteId OfInvite(ReadOnlySpan<byte> inviteKey) =>
        InviteId.Parse(TaggedHash.Of(Purpose.HashInviteKey, inviteKey));

    /// <summary>A sealing key is named in seals by this hash of its 1,216 bytes.</summary>
    public static Hash32 OfSealingKey(ReadOnlySpan<byte> sealingKey) =>
        Hash32.Parse(TaggedHash.Of(Purpose.HashSealingKey, sealingKey));
}
