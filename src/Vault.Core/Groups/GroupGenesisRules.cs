using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>What a genesis must be: alone, with its owner's account chain, signed by one of the owner's devices.</summary>
internal static class GroupGenesisRules
{
    public static Verdict<VerifiedAccount> Check(SignedEntry entry, GroupBody body)
    {
        if (GroupShape.CheckHeader(body) is { } misshapen)
        {
            return misshapen;
        }

        if (body.Genesis is not { } genesis || !IsAlone(body))
        {
            return new Fault(FaultCode.GroupGenesis, "commit 0 is a genesis, alone");
        }

        if (GroupShape.Check(genesis) is { } bad)
        {
            return bad;
        }

        var owner = AccountRules.Verify(genesis.AccountEntries);
        if (!owner.IsValid)
        {
            return new Fault(FaultCode.InnerAccountChain, "genesis") { Inner = owner.Fault };
        }

        var account = owner.Value;
        if (account.Id != AccountId.Parse(body.AuthorAccount.Span))
        {
            return new Fault(FaultCode.NotAMember, "the founder's chain is another account's");
        }

        if (!ChainHead.TryParse(body.AuthorHead, out var head) || head != account.Head)
        {
            return new Fault(FaultCode.AuthorHead);
        }

        if (CommitAuthor.CheckSignature(entry, body, account) is { } unsigned)
        {
            return unsigned;
        }

        return account;
    }

    private static bool IsAlone(GroupBody body) =>
        GroupShape.CountChanges(body) == 0
        && body is { Info: null, Leave: null, Epoch: null, Close: null, Note: null };
}
