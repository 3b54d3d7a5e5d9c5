using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>Closing and opening invites (rules 310, 326, 327, 333, 336).</summary>
internal static class InviteRules
{
    public static Fault? Apply(GroupDraft draft) => Close(draft) ?? Open(draft);

    private static Fault? Close(GroupDraft draft)
    {
        foreach (var close in draft.Body.CloseInvites)
        {
            var id = InviteId.Parse(close.Invite.Span);
            if (!draft.Now.Invites.TryGetValue(id, out var invite))
            {
                return new Fault(FaultCode.UnknownInvite, "close_invites");
            }

            if (!draft.Outranks(invite.Role))
            {
                return new Fault(FaultCode.TargetOutranks, "close_invites");
            }

            draft.CloseInvite(id);
        }

        return null;
    }

    private static Fault? Open(GroupDraft draft)
    {
        foreach (var open in draft.Body.OpenInvites)
        {
            if (draft.Now.Kind == GroupKind.Personal)
            {
                return new Fault(FaultCode.PersonalGroup);
            }

            // An invite stands for its opener, so the opener must be able to grant the role after this commit as well.
            var roleAfter = draft.Now.Members[draft.Author].Role;
            if (!draft.Outranks(open.Role) || !GroupDraft.MayGrant(roleAfter, open.Role))
            {
                return new Fault(FaultCode.TargetOutranks, "open_invites");
            }

            var id = KeyIds.OfInvite(open.InviteKey.Span);
            if (draft.Now.Invites.ContainsKey(id) || draft.Now.ClosedInvites.Contains(id))
            {
                return new Fault(FaultCode.InviteReused);
            }

            if (draft.Now.Invites.Count >= Limits.OpenInvites)
            {
                return new Fault(FaultCode.TooManyInvites);
            }

            var record = new OpenInviteRecord(id, open.InviteKey, open.Role, draft.Author, draft.Device, draft.Head, open.Terms);
            draft.Now = draft.Now with { Invites = draft.Now.Invites.Add(id, record) };
        }

        return null;
    }
}
