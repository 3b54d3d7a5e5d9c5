using Vault.Core.Accounts;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>An anchor only moves forward, on its own branch: the entries must extend it one by one (rules 302, 317).</summary>
internal static class ReAnchorRules
{
    public static Verdict<VerifiedAccount> Extend(Member member, ReAnchor reAnchor)
    {
        var extended = AccountRules.ExtendAll(member.Anchor, reAnchor.Entries);
        if (extended.IsValid)
        {
            return extended;
        }

        // Entries of another branch, or from before the anchor, do not fit on it; anything else is a bad entry.
        return extended.Fault.Code is FaultCode.WrongSeq or FaultCode.WrongPrev or FaultCode.WrongChain
            ? new Fault(FaultCode.ReAnchorBreaks) { Inner = extended.Fault }
            : new Fault(FaultCode.InnerAccountChain, "re_anchor") { Inner = extended.Fault };
    }
}
