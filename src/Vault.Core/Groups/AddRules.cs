using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>Adding members, with or without an invite (rules 302, 310, 315, 318, 323, 324, 326, 328, 329, 333, 334).</summary>
internal static class AddRules
{
    public static Fault? Apply(GroupDraft draft)
    {
        foreach (var add in draft.Body.Adds)
        {
            if (Add(draft, add) is { } fault)
            {
                return fault;
            }
        }

        return draft.Now.Members.Count > Limits.GroupMembers ? new Fault(FaultCode.TooManyMembers) : null;
    }

    private static Fault? Add(GroupDraft draft, AddMember add)
    {
        if (draft.Now.Kind == GroupKind.Personal)
        {
            return new Fault(FaultCode.PersonalGroup);
        }

        var id = AccountId.Parse(add.Account.Span);
        if (draft.Now.Members.ContainsKey(id))
        {
            return new Fault(FaultCode.AlreadyMember);
        }

        if (!draft.Outranks(add.Role))
        {
            return new Fault(FaultCode.TargetOutranks, "adds");
        }

        var verdict = AccountRules.Verify(add.AccountEntries);
        if (!verdict.IsValid)
        {
            return new Fault(FaultCode.InnerAccountChain, "adds") { Inner = verdict.Fault };
        }

        var account = verdict.Value;
        if (account.Id != id)
        {
            return new Fault(FaultCode.InnerAccountChain, "adds") { Inner = new Fault(FaultCode.WrongChain) };
        }

        // On the former branch this forbids going back; another branch must be at least as long to be told apart.
        if (draft.Now.FormerMembers.TryGetValue(id, out var former) && account.Head.Seq < former.Seq)
        {
            return new Fault(FaultCode.AnchorBack);
        }

        var fault = CheckSeal(draft, add, account) ?? CompleteInvite(draft, add, account);
        if (fault is null)
        {
            draft.Now = draft.Now with
            {
                Members = draft.Now.Members.Add(id, new Member(id, add.Role, account)),
                FormerMembers = draft.Now.FormerMembers.Remove(id),
            };
        }

        return fault;
    }

    private static Fault? CheckSeal(GroupDraft draft, AddMember add, VerifiedAccount account)
    {
        if ((add.Seal is null) == (draft.Body.Epoch is null))
        {
            return new Fault(FaultCode.AddSeal);
        }

        if (add.Seal is null)
        {
            return null;
        }

        if (add.Seal.Account != add.Account)
        {
            return new Fault(FaultCode.SealRecipients, "adds");
        }

        return Hash32.Parse(add.Seal.KeyId.Span) == account.SealingKeyId ? null : new Fault(FaultCode.SealKey, "adds");
    }

    private static Fault? CompleteInvite(GroupDraft draft, AddMember add, VerifiedAccount account)
    {
        if (add.Proof is not { } proof)
        {
            return null;
        }

        if (!Canonical.TryParse(JoinBody.Parser, proof.Body, out var join) || !InviteId.TryParse(join.Invite, out var id))
        {
            return new Fault(FaultCode.InviteProof, "body");
        }

        if (!draft.Now.Invites.TryGetValue(id, out var invite))
        {
            return new Fault(FaultCode.UnknownInvite, "adds");
        }

        if (invite.Role != add.Role)
        {
            return new Fault(FaultCode.InviteRole);
        }

        if (JoinProofRules.Check(proof, join, draft.Now.Id, invite, account, add.AccountEntries) is { } fault)
        {
            return fault;
        }

        draft.CloseInvite(id);
        return null;
    }
}
