using System.Text;

namespace Vault.Core;

/// <summary>
/// The one registry of domain-separation tags: what a signature signs, what a hash names, what a key is derived for.
/// A tag is ASCII, 1 to 64 bytes, and stands here once; a test holds them unique and prefix-free (FORMAT.md, section 2).
/// </summary>
public sealed class Purpose
{
    private static readonly List<Purpose> Registered = [];

    private readonly byte[] _bytes;

    private Purpose(string name)
    {
        Name = name;
        _bytes = Encoding.ASCII.GetBytes(name);
        Registered.Add(this);
    }

    // Signatures: one a body type (attack: bytes of one type parse as another).
    public static Purpose SignAccountEntry { get; } = new("vault/1/sign/account-entry");
    public static Purpose SignGroupCommit { get; } = new("vault/1/sign/group-commit");
    public static Purpose SignJoinByInvite { get; } = new("vault/1/sign/join-by-invite");
    public static Purpose SignJoinByDevice { get; } = new("vault/1/sign/join-by-device");
    public static Purpose SignAttestation { get; } = new("vault/1/sign/attestation");
    public static Purpose SignSession { get; } = new("vault/1/sign/session");
    public static Purpose SignRequest { get; } = new("vault/1/sign/request");

    // Hashes and ids.
    public static Purpose HashSignedBody { get; } = new("vault/1/hash/signed-body");
    public static Purpose HashAccountEntry { get; } = new("vault/1/hash/account-entry");
    public static Purpose HashGroupCommit { get; } = new("vault/1/hash/group-commit");
    public static Purpose HashDevice { get; } = new("vault/1/hash/device");
    public static Purpose HashSealingKey { get; } = new("vault/1/hash/sealing-key");
    public static Purpose HashAuthKey { get; } = new("vault/1/hash/auth-key");
    public static Purpose HashInviteKey { get; } = new("vault/1/hash/invite-key");
    public static Purpose HashBlob { get; } = new("vault/1/hash/blob");
    public static Purpose HashGroupState { get; } = new("vault/1/hash/group-state");
    public static Purpose HashAccountState { get; } = new("vault/1/hash/account-state");
    public static Purpose HashGroupKey { get; } = new("vault/1/hash/group-key-commitment");
    public static Purpose HashSealedName { get; } = new("vault/1/hash/sealed-name");
    public static Purpose HashInvitation { get; } = new("vault/1/hash/invitation");
    public static Purpose HashLinkMessage { get; } = new("vault/1/hash/link-message");
    public static Purpose HashFingerprint { get; } = new("vault/1/hash/fingerprint");
    public static Purpose HashGroupCode { get; } = new("vault/1/hash/group-code");
    public static Purpose HashTextCode { get; } = new("vault/1/hash/code");
    public static Purpose HashSessionToken { get; } = new("vault/1/hash/session-token");
    public static Purpose HashRequest { get; } = new("vault/1/hash/request");

    // Box contexts.
    public static Purpose BoxItem { get; } = new("vault/1/box/item");
    public static Purpose BoxAttachment { get; } = new("vault/1/box/attachment");
    public static Purpose BoxNote { get; } = new("vault/1/box/note");
    public static Purpose BoxGroupInfo { get; } = new("vault/1/box/group-info");
    public static Purpose BoxInviteTerms { get; } = new("vault/1/box/invite-terms");
    public static Purpose BoxEpochWrap { get; } = new("vault/1/box/epoch-wrap");
    public static Purpose BoxLockerDaily { get; } = new("vault/1/box/locker-daily");
    public static Purpose BoxLockerAuthority { get; } = new("vault/1/box/locker-authority");
    public static Purpose BoxLockerWrapPassword { get; } = new("vault/1/box/locker-wrap-password");
    public static Purpose BoxLockerWrapRecovery { get; } = new("vault/1/box/locker-wrap-recovery");
    public static Purpose BoxDeviceKey { get; } = new("vault/1/box/device-key");
    public static Purpose BoxOutbox { get; } = new("vault/1/box/outbox");
    public static Purpose BoxLocal { get; } = new("vault/1/box/local");
    public static Purpose BoxLink { get; } = new("vault/1/box/link");

    // HPKE info.
    public static Purpose SealGroupKey { get; } = new("vault/1/seal/group-key");
    public static Purpose SealJoinName { get; } = new("vault/1/seal/join-name");

    // Key derivation.
    public static Purpose DeriveSaltFromSecretKey { get; } = new("vault/1/derive/argon2id-salt");
    public static Purpose DeriveUnlockKey { get; } = new("vault/1/derive/unlock-key");
    public static Purpose DeriveRecoveryUnlockKey { get; } = new("vault/1/derive/recovery-unlock-key");
    public static Purpose DerivePasswordAuthKey { get; } = new("vault/1/derive/password-auth-key");
    public static Purpose DerivePasswordWrapKey { get; } = new("vault/1/derive/password-wrap-key");
    public static Purpose DeriveRecoveryAuthKey { get; } = new("vault/1/derive/recovery-auth-key");
    public static Purpose DeriveRecoveryWrapKey { get; } = new("vault/1/derive/recovery-wrap-key");
    public static Purpose DeriveInviteKey { get; } = new("vault/1/derive/invite-key");
    public static Purpose DeriveLinkKey { get; } = new("vault/1/derive/link-key");
    public static Purpose DeriveLinkMailbox { get; } = new("vault/1/derive/link-mailbox");
    public static Purpose DeriveReplicaMac { get; } = new("vault/1/derive/replica-mac");
    public static Purpose MacReplicaState { get; } = new("vault/1/mac/replica-state");

    /// <summary>Every registered purpose, in order of declaration.</summary>
    public static IReadOnlyList<Purpose> All => Registered;

    /// <summary>The tag as text, for documents and test names.</summary>
    public string Name { get; }

    /// <summary>The tag, ASCII, 1 to 64 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public override string ToString() => Name;
}
