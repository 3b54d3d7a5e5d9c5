using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>A member.</summary>
internal sealed record MemberPart(string AccountId, string? Name, string Role, bool Self, string Pin, uint Devices)
{
    public static MemberPart Of(MemberView member) => new(
        member.AccountId, Text.OrNull(member.Name), Names.Of(member.Role), member.Self, Names.Of(member.Pin), member.Devices);
}

/// <summary>svault.member.list/v1</summary>
internal sealed record MemberListDocument(string Schema, MemberPart[] Members, FreshnessPart? Freshness);

/// <summary>svault.member.role/v1</summary>
internal sealed record MemberRoleDocument(string Schema, MemberPart Member, string Previous, ulong? Seq);

/// <summary>svault.member.remove/v1: with what the person could read and should now be changed.</summary>
internal sealed record MemberRemoveDocument(string Schema, MemberPart Member, ulong Seq, ulong Epoch, ExposedPart[] Exposed);

/// <summary>A secret that somebody who left still knows.</summary>
internal sealed record ExposedPart(ItemPart Item, string[] Fields);

/// <summary>svault.invite.create/v1 and .cancel/v1. The code only when it was just made.</summary>
internal sealed record InviteDocument(string Schema, InvitePart Invite, string? Code, ulong? Seq);

/// <summary>svault.invite.list/v1</summary>
internal sealed record InviteListDocument(string Schema, InvitePart[] Invites);

/// <summary>An open invite.</summary>
internal sealed record InvitePart(
    string Id, string GroupId, string? Group, string Role, string? Label, string? Opener, bool Own, string? ExpiresAt, ulong Seq)
{
    public static InvitePart Of(InviteView invite) => new(
        invite.Id,
        invite.GroupId,
        Text.OrNull(invite.Group),
        Names.Of(invite.Role),
        Text.OrNull(invite.Label),
        Text.OrNull(invite.Opener),
        invite.Own,
        Durations.Utc(invite.ExpiresMs),
        invite.Seq);
}

/// <summary>svault.member.join/v1</summary>
internal sealed record JoinDocument(string Schema, string State, string GroupId, string InviterId, GroupPart? Group);
