using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>
/// The rules of the group chain: a pure, total function from state and commit to state or fault, the same on relay and
/// client. Numbers and order stand in FORMAT.md, section 5; the first fault is the verdict.
/// </summary>
public static class GroupRules
{
    /// <summary>The group that a genesis founds.</summary>
    public static Verdict<VerifiedCommit> Found(SignedEntry genesis)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        // Nothing stands before a genesis that could vouch for a newer one, so it is unknown, never "update".
        var fault = ChainVerifier.Open(genesis, GroupBody.Parser, HeaderOf, null, _ => false, out var body);
        if (fault is not null)
        {
            return fault;
        }

        var owner = GroupGenesisRules.Check(genesis, body);
        if (!owner.IsValid)
        {
            return ChainVerifier.Located(owner.Fault, HeaderOf(body), null);
        }

        var id = EntryIds.OfGroupCommit(new EntryId(Hash32.Zero), genesis);
        var founder = new Member(owner.Value.Id, Role.Owner, owner.Value);
        return new VerifiedCommit(genesis, body, new VerifiedGroup(new GroupId(id.Value), new ChainHead(0, id), body.Genesis.Kind, founder));
    }

    /// <summary>The group after one more commit.</summary>
    public static Verdict<VerifiedCommit> Extend(VerifiedGroup before, SignedEntry commit)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(commit);
        var position = new ChainPosition(before.Id.Value, before.Head);
        var fault = ChainVerifier.Open(
            commit, GroupBody.Parser, HeaderOf, position, body => CommitAuthor.Signed(before, commit, body), out var body);
        if (fault is not null)
        {
            return fault;
        }

        var after = Apply(before, commit, body);
        return after.IsValid
            ? new VerifiedCommit(commit, body, after.Value)
            : ChainVerifier.Located(after.Fault, HeaderOf(body), position);
    }

    /// <summary>The group that commits from the genesis on make, or the first fault among them.</summary>
    public static Verdict<VerifiedGroup> Verify(IReadOnlyList<SignedEntry> commits)
    {
        ArgumentNullException.ThrowIfNull(commits);
        if (commits.Count == 0)
        {
            return new Fault(FaultCode.GroupGenesis, "no commits");
        }

        var step = Found(commits[0]);
        for (var i = 1; i < commits.Count && step.IsValid; i++)
        {
            step = Extend(step.Value.After, commits[i]);
        }

        return step.IsValid ? step.Value.After : step.Fault;
    }

    private static Verdict<VerifiedGroup> Apply(VerifiedGroup before, SignedEntry commit, GroupBody body)
    {
        if (before.Closed)
        {
            return new Fault(FaultCode.GroupClosed);
        }

        if (GroupShape.Check(body) is { } misshapen)
        {
            return misshapen;
        }

        var draft = new GroupDraft(before, body, new ChainHead(body.Seq, EntryIds.OfGroupCommit(before.Head.Id, commit)));
        var fault = CommitAuthor.Check(draft, commit)
            ?? CommitAuthority.Check(draft)
            ?? MembershipRules.Apply(draft)
            ?? InviteRules.Apply(draft)
            ?? AddRules.Apply(draft)
            ?? EpochRules.Apply(draft)
            ?? ItemRules.Apply(draft);
        return fault is null ? draft.Finish() : fault;
    }

    private static EntryHeader HeaderOf(GroupBody body) =>
        new(body.Version, body.Group, body.Seq, body.Prev, AccountId.TryParse(body.AuthorAccount, out var id) ? id : null);
}
