using System.Text;
using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Crypto.Codes;

/// <summary>
/// Invite codes: a secret, where the relay is, and a hash of what the invite is for. The chain holds only the public half, so
/// neither the relay nor another admin can use a code (attack: a second admin steals the first one's invite).
/// </summary>
public static class InviteCodes
{
    /// <summary>Bytes of the secret.</summary>
    public const int SecretSize = 16;

    /// <summary>Bytes of the hash over group, opening commit and opener.</summary>
    public const int InvitationHashSize = 16;

    private const string Prefix = "SVI1";
    private const uint FormatVersion = 1;

    /// <summary>A new secret, 16 random bytes.</summary>
    public static SecretBytes CreateSecret(IRandomSource random) => SecretBytes.Create(random, SecretSize);

    /// <summary>The invite key of a secret.</summary>
    /// <exception cref="ArgumentException">The secret is not 16 bytes.</exception>
    public static SigningKey DeriveKey(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, SecretSize);
        using var seed = Hkdf.DeriveSecret(secret, Purpose.DeriveInviteKey, SigningKey.SeedSize);
        return SigningKey.FromSeed(seed.Bytes);
    }

    /// <summary>The code, after the commit that opened the invite was confirmed.</summary>
    /// <param name="relay">Where the relay is: URL with optional pin, at most 256 bytes of UTF-8.</param>
    public static InviteCode Create(SecretBytes secret, GroupId group, EntryId openingCommit, AccountId opener, string relay)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(relay), Limits.RelayNameBytes);
        return new InviteCode
        {
            Version = FormatVersion,
            Secret = ByteString.CopyFrom(secret.Bytes),
            InvitationHash = ByteString.CopyFrom(HashOf(group, openingCommit, opener)),
            Relay = relay,
        };
    }

    /// <summary>The text to hand over, by a channel that the relay does not control.</summary>
    public static string Format(InviteCode code) => MessageText.Format(Prefix, code);

    /// <summary>The code in a text; null when it is none, or was mistyped.</summary>
    public static InviteCode? Parse(string text) =>
        MessageText.Parse(Prefix, text, InviteCode.Parser) is
        {
            Version: FormatVersion, Secret.Length: SecretSize, InvitationHash.Length: InvitationHashSize, Relay.Length: > 0,
        }
        code && Encoding.UTF8.GetByteCount(code.Relay) <= Limits.RelayNameBytes ? code : null;

    /// <summary>Whether what the relay says the invite is for is what the code was made for.</summary>
    public static bool Matches(InviteCode code, GroupId group, EntryId openingCommit, AccountId opener) =>
        code.InvitationHash.Span.SequenceEqual(HashOf(group, openingCommit, opener));

    private static ReadOnlySpan<byte> HashOf(GroupId group, EntryId openingCommit, AccountId opener) =>
        TaggedHash.Of(Purpose.HashInvitation, group.ToArray(), openingCommit.ToArray(), opener.ToArray()).AsSpan(0, InvitationHashSize);
}
