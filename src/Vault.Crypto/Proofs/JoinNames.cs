using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Crypto.Proofs;

/// <summary>The joiner's name, sealed to the opener: the relay that keeps the mailbox never sees it, and cannot swap it.</summary>
public static class JoinNames
{
    /// <summary>The sealed name.</summary>
    public static byte[] Seal(
        JoinName name, GroupId group, InviteId invite, AccountId joiner, ReadOnlySpan<byte> openerSealingKey, IRandomSource random)
    {
        var padded = Padding.Pad(name.ToByteArray());
        return Hpke.Seal(openerSealingKey, Info(group, invite, joiner, SealingKey.IdOf(openerSealingKey)), [], padded, random);
    }

    /// <summary>The name; null when it does not open.</summary>
    public static JoinName? Open(SealingKey opener, GroupId group, InviteId invite, AccountId joiner, ReadOnlySpan<byte> sealedName)
    {
        if (!opener.TryOpen(Info(group, invite, joiner, opener.KeyId), sealedName, out var padded) || !Padding.TryUnpad(padded, out var plain))
        {
            return null;
        }

        return Canonical.TryParse(JoinName.Parser, ByteString.CopyFrom(plain), out var name) ? name : null;
    }

    /// <summary>The hash that the joiner's proof covers.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> sealedName) => TaggedHash.Of(Purpose.HashSealedName, sealedName);

    private static byte[] Info(GroupId group, InviteId invite, AccountId joiner, ReadOnlySpan<byte> openerKeyId) =>
        ContextPart.Encode(Purpose.SealJoinName, [group.ToArray(), invite.ToArray(), joiner.ToArray(), openerKeyId]);
}
