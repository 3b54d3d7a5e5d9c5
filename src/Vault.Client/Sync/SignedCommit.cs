using Vault.Client.Replicas;
using Vault.Core.Groups;

namespace Vault.Client.Sync;

/// <summary>An own commit that the rules accepted here, with the blobs that it names and the edits that it carries.</summary>
/// <param name="IsWhole">False: only anchors that are too large to go beside anything, to be followed by another build.</param>
internal sealed record SignedCommit(VerifiedCommit Commit, IReadOnlyList<byte[]> Blobs, IReadOnlyList<OperationId> Ops, bool IsWhole);
