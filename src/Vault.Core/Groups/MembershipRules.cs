using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>Re-anchors of others, removes, leave, roles and close (rules 310 to 314, 316, 317).</summary>
internal static class MembershipRules
{
    public static Fault? Apply(GroupDraft draft)
    {
        var fault = ReAnchorOthers(draft) ?? Remove(draft) ?? Leave(draft) ?? ChangeRoles(draft);
        if (fault is not null)
        {
            return fault;
        }

        if (!draft.Now.Members.Values.Any(member => member.Role == Role.Owner))
        {
            return new Fault(FaultCode.NoOwnerLeft);
        }

        if (draft.Body.Info is { } info)
        {
            draft.Now = draft.Now with { Info = info.Info };
        }

        if (draft.Body.Close is not null)
        {
            draft.Now = draft.Now with { Closed = true };
        }

        return null;
    }

    private static Fault? ReAnchorOthers(GroupDraft draft)
    {
        foreach (var reAnchor in draft.Body.ReAnchors)
        {
            var account = AccountId.Parse(reAnchor.Account.Span);
            if (account == draft.Author)
            {
                continue; // Done before the signature was checked.
            }

            if (draft.Now.MemberOf(account) is not { } member)
            {
                return new Fault(FaultCode.UnknownMember, "re_anchors");
            }

            var moved = ReAnchorRules.Extend(member, reAnchor);
            if (!moved.IsValid)
            {
                return moved.Fault;
            }

            draft.Anchor(member, moved.Value);
        }

        return null;
    }

    private static Fault? Remove(GroupDraft draft)
    {
        foreach (var remove in draft.Body.Removes)
        {
            var account = AccountId.Parse(remove.Account.Span);
            if (account == draft.Author)
            {
                return new Fault(FaultCode.SelfRemoval);
            }

            if (draft.Now.MemberOf(account) is not { } member)
            {
                return new Fault(FaultCode.UnknownMember, "removes");
            }

            if (!draft.Outranks(member.Role))
            {
                return new Fault(FaultCode.TargetOutranks, "removes");
            }

            draft.Drop(member);
        }

        // Without a new key in the same commit the removed member could read what is written next.
        return draft.Body.Removes.Count > 0 && draft.Body.Epoch is null ? new Fault(FaultCode.RemoveNeedsEpoch) : null;
    }

    private static Fault? Leave(GroupDraft draft)
    {
        if (draft.Body.Leave is null)
        {
            return null;
        }

        draft.Drop(draft.Now.Members[draft.Author]);
        draft.Now = draft.Now with { RotationDue = true };
        return null;
    }

    private static Fault? ChangeRoles(GroupDraft draft)
    {
        foreach (var change in draft.Body.Roles)
        {
            if (draft.Now.MemberOf(AccountId.Parse(change.Account.Span)) is not { } member)
            {
                return new Fault(FaultCode.UnknownMember, "roles");
            }

            if (member.Role == change.Role)
            {
                return new Fault(FaultCode.SameRole);
            }

            if (!draft.Outranks(member.Role) || !draft.Outranks(change.Role))
            {
                return new Fault(FaultCode.TargetOutranks, "roles");
            }

            if (change.Role < member.Role)
            {
                draft.CloseInvitesOf(invite => invite.Opener == member.Account);
            }

            draft.Now = draft.Now with { Members = draft.Now.Members.SetItem(member.Account, member with { Role = change.Role }) };
        }

        return null;
    }
}
