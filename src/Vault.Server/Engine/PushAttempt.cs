using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>Commits and blobs as a session brought them.</summary>
/// <param name="IsSuffix">Commits of anybody that this relay lost, instead of the session's own.</param>
internal sealed record PushAttempt(
    Session Session, GroupId Group, IReadOnlyList<SignedEntry> Commits, IReadOnlyList<StoredBlob> Blobs, bool IsSuffix)
{
    /// <summary>Whether a commit names the session's account as its author. It is no other's once it is verified.</summary>
    public bool ClaimsToBeOwn(SignedEntry entry) =>
        Canonical.TryParse(GroupBody.Parser, entry.Body, out var body) && body.AuthorAccount == Session.Account.ToByteString();

    /// <summary>Judges commits on a state by the rules that clients judge by, and by whose they are. Null: they found the group.</summary>
    /// <exception cref="RelayFaultException">The verdict; WRONG_CHAIN, NOT_ALLOWED.</exception>
    public List<VerifiedCommit> Verify(VerifiedGroup? before, IReadOnlyList<SignedEntry> rest)
    {
        var commits = new List<VerifiedCommit>(rest.Count);
        var (previous, state) = (before, before);
        foreach (var entry in rest)
        {
            var verdict = state is null ? GroupRules.Found(entry) : GroupRules.Extend(state, entry);
            var commit = verdict.IsValid ? verdict.Value : throw new RelayFaultException(verdict.Fault);
            if (commit.After.Id != Group)
            {
                throw RelayFaultException.Of(FaultCode.WrongChain, "the genesis of another group");
            }

            if (!IsSuffix && commit.Author != Session.Account)
            {
                throw RelayFaultException.Of(FaultCode.NotAllowed, "commits of others are pushed as a suffix");
            }

            commits.Add(commit);
            (previous, state) = (state, commit.After);
        }

        // Whose membership the last commit ended brings that one too: a leave may be known to nobody else. What follows it they never read.
        if (IsSuffix && state!.MemberOf(Session.Account) is null && previous?.MemberOf(Session.Account) is null)
        {
            throw RelayFaultException.Of(FaultCode.NotAllowed, "not a member at the last of these commits");
        }

        return commits;
    }
}

/// <summary>What a push is answered.</summary>
/// <param name="Head">Where the chain stands, as far as the session may know.</param>
/// <param name="Missing">After a lost race: the commits that came first.</param>
/// <param name="More">More of them than the answer holds.</param>
/// <param name="Wanted">Live blobs that a refill, or a branch that is kept, still lacks.</param>
internal sealed record PushAnswer(
    PushOutcome Outcome, ChainHead Head, IReadOnlyList<StoredEntry> Missing, bool More, IReadOnlyList<BlobHash> Wanted);
