using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Groups;

/// <summary>
/// Two valid signed commits on one predecessor of one group: what shows a fork to somebody who holds nothing of the group. Only
/// <see cref="Verify"/> makes one. It shows that both were signed, and by whom; not who showed which to whom.
/// </summary>
public sealed class ForkProof
{
    private ForkProof(GroupId group, ChainHead predecessor, VerifiedCommit ours, VerifiedCommit theirs)
    {
        Group = group;
        Predecessor = predecessor;
        Ours = ours;
        Theirs = theirs;
    }

    public GroupId Group { get; }

    /// <summary>The commit that both follow.</summary>
    public ChainHead Predecessor { get; }

    /// <summary>The one that the witness had verified first.</summary>
    public VerifiedCommit Ours { get; }

    public VerifiedCommit Theirs { get; }

    /// <summary>Judges the bytes of an evidence file. BAD_EVIDENCE: they are none; else the first rule that is broken.</summary>
    public static Verdict<ForkProof> Verify(ReadOnlySpan<byte> file)
    {
        if (file.Length is 0 or > Limits.EvidenceBytes)
        {
            return new Fault(FaultCode.BadEvidence, "size");
        }

        // It parses where a body would, so that all readers agree on what is a file. FORMAT.md, section 3.
        var bytes = ByteString.CopyFrom(file);
        if (!Canonical.TryParseLoosely(ForkEvidence.Parser, bytes, out var evidence) || !Canonical.HasKnownWireTypes(ForkEvidence.Parser, bytes))
        {
            return new Fault(FaultCode.BadEvidence, "no evidence file");
        }

        if (evidence.Version != 1 || evidence.Chain.Count == 0 || evidence.Ours is null || evidence.Theirs is null)
        {
            return new Fault(FaultCode.BadEvidence, "no evidence file");
        }

        var chain = GroupRules.Verify(evidence.Chain);
        if (!chain.IsValid)
        {
            return chain.Fault;
        }

        var (ours, theirs) = (GroupRules.Extend(chain.Value, evidence.Ours), GroupRules.Extend(chain.Value, evidence.Theirs));
        return !ours.IsValid ? ours.Fault
            : !theirs.IsValid ? theirs.Fault
            : ours.Value.Head == theirs.Value.Head ? new Fault(FaultCode.BadEvidence, "one commit, twice")
            : new ForkProof(chain.Value.Id, chain.Value.Head, ours.Value, theirs.Value);
    }
}
