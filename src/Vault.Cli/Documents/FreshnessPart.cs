using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>How new a group's data is known to be.</summary>
internal sealed record FreshnessPart(
    string State,
    bool Disputed,
    ulong? ProofAgeMs,
    ulong VerifiedSeq,
    ulong? KnownSeq,
    uint MissingBlobs,
    uint Pending,
    uint Conflicts,
    uint Quarantined,
    string? Reason,
    uint? Fault,
    string? FaultName,
    ulong? OldestPendingMs,
    bool Stuck)
{
    public static FreshnessPart? Of(Freshness? freshness) => freshness is null ? null : new(
        Names.Of(freshness.State).Replace(' ', '-'),
        freshness.Disputed,
        freshness.HasProofAgeMs ? freshness.ProofAgeMs : null,
        freshness.VerifiedSeq,
        freshness.HasKnownSeq ? freshness.KnownSeq : null,
        freshness.MissingBlobs,
        freshness.Pending,
        freshness.Conflicts,
        freshness.Quarantined,
        Text.OrNull(freshness.Reason),
        freshness.Fault == 0 ? null : freshness.Fault,
        Text.OrNull(freshness.FaultName),
        freshness.HasOldestPendingMs ? freshness.OldestPendingMs : null,
        freshness.Stuck);
}
