using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Crypto.Proofs;

/// <summary>Signatures that are not chain entries: sessions, requests, joins, attestations (FORMAT.md, section 9).</summary>
public static class SignedProofs
{
    private const uint FormatVersion = 1;

    /// <summary>A device proves itself to a relay, by the sync key.</summary>
    public static OpenSessionRequest DeviceSession(
        string relayName, ByteString nonce, AccountId account, DeviceId device, SigningKey sync) => Sign(
        new SessionBody
        {
            Version = FormatVersion,
            RelayName = relayName,
            Nonce = nonce,
            Kind = SessionKind.Device,
            Account = account.ToByteString(),
            Device = device.ToByteString(),
        },
        sync);

    /// <summary>Somebody who knows the password proves it, by the auth key.</summary>
    public static OpenSessionRequest LockerSession(string relayName, ByteString nonce, SigningKey authKey) =>
        Sign(KeySession(relayName, nonce, SessionKind.Locker, authKey), authKey);

    /// <summary>Somebody who holds an invite code proves it, by the invite key.</summary>
    public static OpenSessionRequest InviteSession(string relayName, ByteString nonce, SigningKey inviteKey) =>
        Sign(KeySession(relayName, nonce, SessionKind.Invite, inviteKey), inviteKey);

    /// <summary>A state-changing call is meant, for this relay, once.</summary>
    /// <param name="content">The bytes that the RPC names as its content.</param>
    /// <param name="account">Signing account; null for an invite key.</param>
    /// <param name="device">Signing device; null for an identity or invite key.</param>
    public static RequestProof Request(
        string relayName,
        ByteString nonce,
        string method,
        ReadOnlySpan<byte> content,
        AccountId? account,
        DeviceId? device,
        SigningKey signer)
    {
        var body = new RequestBody
        {
            Version = FormatVersion,
            RelayName = relayName,
            Nonce = nonce,
            Method = method,
            ContentHash = UnsafeByteOperations.UnsafeWrap(TaggedHash.Of(Purpose.HashRequest, content)),
            Account = account?.ToByteString() ?? ByteString.Empty,
            Device = device?.ToByteString() ?? ByteString.Empty,
        }.ToByteString();
        return new RequestProof { Body = body, Signature = ByteString.CopyFrom(signer.Sign(Purpose.SignRequest, body.Span)) };
    }

    /// <summary>A joiner proves the code and binds it to an account: by the invite key and by the joiner's device.</summary>
    public static InviteProof Join(JoinBody join, SigningKey inviteKey, SigningKey device)
    {
        var body = join.ToByteString();
        return new InviteProof
        {
            Body = body,
            InviteSignature = ByteString.CopyFrom(inviteKey.Sign(Purpose.SignJoinByInvite, body.Span)),
            DeviceSignature = ByteString.CopyFrom(device.Sign(Purpose.SignJoinByDevice, body.Span)),
        };
    }

    /// <summary>"I have verified this group at this head", by the sync key.</summary>
    public static Attestation Attest(AttestationBody statement, SigningKey sync)
    {
        var body = statement.ToByteString();
        return new Attestation { Body = body, Signature = ByteString.CopyFrom(sync.Sign(Purpose.SignAttestation, body.Span)) };
    }

    private static SessionBody KeySession(string relayName, ByteString nonce, SessionKind kind, SigningKey key) => new()
    {
        Version = FormatVersion,
        RelayName = relayName,
        Nonce = nonce,
        Kind = kind,
        Key = ByteString.CopyFrom(key.PublicKey),
    };

    private static OpenSessionRequest Sign(SessionBody session, SigningKey key)
    {
        var body = session.ToByteString();
        return new OpenSessionRequest { Body = body, Signature = ByteString.CopyFrom(key.Sign(Purpose.SignSession, body.Span)) };
    }
}
