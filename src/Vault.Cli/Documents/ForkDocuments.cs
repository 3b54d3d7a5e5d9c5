using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>svault.group.adopt-relay/v1</summary>
internal sealed record AdoptRelayDocument(string Schema, GroupPart Group, uint GivenUp, uint Taken, uint Edits, uint Removals, uint Roles);

/// <summary>svault.group.adopt-mine/v1. The operator cuts the relay's chain back to the common commit.</summary>
internal sealed record AdoptMineDocument(string Schema, GroupPart Group, ulong CommonSeq);

/// <summary>svault.group.evidence/v1 and svault.evidence.verify/v1</summary>
internal sealed record EvidenceDocument(
    string Schema, string File, string GroupId, ulong Seq, string PredecessorId, ForkCommitPart Ours, ForkCommitPart Theirs)
{
    public static EvidenceDocument Of(string schema, string file, ForkView fork) => new(
        schema, file, fork.GroupId, fork.Seq, fork.PredecessorId, ForkCommitPart.Of(fork.Ours), ForkCommitPart.Of(fork.Theirs));
}

/// <summary>One of two commits on one predecessor.</summary>
internal sealed record ForkCommitPart(string CommitId, string AuthorId, string DeviceId)
{
    public static ForkCommitPart Of(ForkCommit commit) => new(commit.CommitId, commit.AuthorId, commit.DeviceId);
}

/// <summary>svault.removal.list/v1</summary>
internal sealed record RemovalListDocument(string Schema, RemovalPart[] Removals);

/// <summary>svault.removal.reapply/v1 and .drop/v1</summary>
internal sealed record RemovalDocument(string Schema, RemovalPart Removal);

/// <summary>What a side that lost said of a member. Lost is null when it had removed them.</summary>
internal sealed record RemovalPart(string GroupId, string? Group, string AccountId, string? Name, string Now, string? Lost)
{
    public static RemovalPart Of(RemovalView one) => new(
        one.GroupId, Text.OrNull(one.Group), one.AccountId, Text.OrNull(one.Name), Names.Of(one.Now), one.Lost == Role.Unspecified ? null : Names.Of(one.Lost));
}
