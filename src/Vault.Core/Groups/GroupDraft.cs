using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>
/// A commit being judged: the state before, which authority is read from, and the state as the changes so far have made
/// it. Lives for one call; nothing of it escapes unless every rule agrees.
/// </summary>
internal sealed class GroupDraft(VerifiedGroup before, GroupBody body, ChainHead head)
{
    public VerifiedGroup Before { get; } = before;

    public GroupBody Body { get; } = body;

    public ChainHead Head { get; } = head;

    public AccountId Author { get; } = AccountId.Parse(body.AuthorAccount.Span);

    public DeviceId Device { get; } = DeviceId.Parse(body.AuthorDevice.Span);

    /// <summary>The state so far.</summary>
    public VerifiedGroup Now { get; set; } = before;

    /// <summary>The author's role in the state before.</summary>
    public Role AuthorRole => Before.MemberOf(Author)?.Role ?? Role.Unspecified;

    /// <summary>Whether the author may act on somebody of this role, or grant it: an owner always, an admin below admin.</summary>
    public bool Outranks(Role role) => MayGrant(AuthorRole, role);

    public static bool MayGrant(Role granter, Role role) =>
        granter == Role.Owner || (granter == Role.Admin && role < Role.Admin);

    /// <summary>Ends invites that some opener, or one of an opener's devices, may no longer stand for.</summary>
    public void CloseInvitesOf(Func<OpenInviteRecord, bool> fallen)
    {
        foreach (var invite in Now.Invites.Values.Where(fallen).ToArray())
        {
            CloseInvite(invite.Id);
        }
    }

    public void CloseInvite(InviteId id) =>
        Now = Now with { Invites = Now.Invites.Remove(id), ClosedInvites = Now.ClosedInvites.Add(id) };

    /// <summary>Moves a member's anchor, and draws what follows from it for invites and rotation.</summary>
    public void Anchor(Member member, VerifiedAccount anchor)
    {
        var revoked = false;
        foreach (var device in anchor.Devices.Values.Where(device => !device.IsActive))
        {
            var was = member.Anchor.Devices.GetValueOrDefault(device.Id)?.Status ?? DeviceStatus.Active;
            if (was == device.Status)
            {
                continue;
            }

            revoked |= device.Status == DeviceStatus.Revoked;
            CloseInvitesOf(invite => invite.Opener == member.Account && invite.OpenerDevice == device.Id);
        }

        Now = Now with
        {
            Members = Now.Members.SetItem(member.Account, member with { Anchor = anchor }),
            RotationDue = Now.RotationDue || revoked || anchor.SealingKeyId != member.Anchor.SealingKeyId,
        };
    }

    /// <summary>Takes a member off the roster.</summary>
    public void Drop(Member member)
    {
        CloseInvitesOf(invite => invite.Opener == member.Account);
        Now = Now with
        {
            Members = Now.Members.Remove(member.Account),
            FormerMembers = Now.FormerMembers.SetItem(member.Account, member.Anchor.Head),
        };
    }

    public VerifiedGroup Finish() => Now with { Head = Head };
}
