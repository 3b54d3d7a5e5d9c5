using Vault.Core.Ids;

namespace Vault.Client.Replicas;

/// <summary>What an audit's finding is about.</summary>
internal enum AuditKind
{
    /// <summary>SQLite finds its own file damaged.</summary>
    Database,

    /// <summary>An entry of the own account chain: memory holds it still.</summary>
    AccountEntry,

    /// <summary>A commit: the relay, or another member, holds it still.</summary>
    Commit,

    /// <summary>A blob whose bytes are not those of its hash.</summary>
    Blob,

    /// <summary>A live item's blob that is not here.</summary>
    MissingBlob,

    /// <summary>A former value that is noted, and whose blob is not here.</summary>
    FormerValue,

    /// <summary>An edit in the outbox. Never thrown away by a machine.</summary>
    Edit,

    /// <summary>An own signed commit whose outcome may matter still.</summary>
    SignedCommit,

    /// <summary>A followed group's row.</summary>
    Group,

    /// <summary>Another device's newest attestation: it comes again.</summary>
    Attestation,

    /// <summary>Evidence of a fork.</summary>
    Evidence,

    /// <summary>A head that was authenticated while unlocked.</summary>
    Authentication,
}

/// <summary>Something stored that is not as it should be.</summary>
/// <param name="Chain">The group or account. Null: of none, or its id cannot be read.</param>
/// <param name="Seq">The entry's position, where it is about one.</param>
/// <param name="Key">The blob's key as stored, where it is about one.</param>
/// <param name="Text">What is wrong, a few words.</param>
internal sealed record AuditFinding(AuditKind Kind, Hash32? Chain, ulong? Seq, byte[]? Key, string Text);

/// <summary>What an audit found, and how much it looked at.</summary>
internal sealed record AuditReport(IReadOnlyList<AuditFinding> Findings, int Entries, int Blobs)
{
    public bool IsSound => Findings.Count == 0;

    public IEnumerable<AuditFinding> Of(AuditKind kind) => Findings.Where(finding => finding.Kind == kind);
}
