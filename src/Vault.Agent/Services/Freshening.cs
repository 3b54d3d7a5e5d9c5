using Vault.Agent.Accounts;
using Vault.Agent.Views;
using Vault.Client;
using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>How new a read's data must be: asked of the relay where the caller wants proof, else as it is.</summary>
internal static class Freshening
{
    /// <summary>Proves the groups' heads as the options ask.</summary>
    /// <exception cref="AgentException">STALE: it could not be proven. INTEGRITY: it is forked.</exception>
    public static async Task RequireAsync(VaultClient vault, IReadOnlyList<GroupId> groups, ReadOptions? read, CancellationToken cancellation)
    {
        if (read is null || read is { Fresh: false, MaxAgeMs: 0, Offline: false })
        {
            return;
        }

        if (read.Offline)
        {
            if (read.Fresh || read.MaxAgeMs > 0)
            {
                throw new AgentException(ExitCode.Usage, "--offline excludes --fresh and --max-age.");
            }

            return;
        }

        if (!read.Fresh && groups.All(group => IsYounger(vault, group, read.MaxAgeMs)))
        {
            return;
        }

        foreach (var group in groups)
        {
            await ProveAsync(vault, group, cancellation);
        }
    }

    public static Freshness Of(VaultClient vault, GroupId group) => GroupViews.Of(vault.Sync.Status(group), vault.Sync.Connection().Reason);

    private static async Task ProveAsync(VaultClient vault, GroupId group, CancellationToken cancellation)
    {
        var isProven = await vault.Sync.ProveAsync(group, cancellation);
        var status = vault.Sync.Status(group);
        if (isProven && status.Disputed)
        {
            throw new AgentException(
                ExitCode.Stale,
                $"The relay confirms the head of \"{vault.Groups.Show(group).Name}\", and another device attests another history.",
                "svault status --members");
        }

        if (!isProven)
        {
            throw status is { State: FreshnessState.Forked, Fault: { } fork }
                ? Refusals.Of(new VaultException(fork))
                : new AgentException(
                    ExitCode.Stale, $"The head of \"{vault.Groups.Show(group).Name}\" could not be proven: {status.State}.", "svault status");
        }
    }

    // Older than the usual bound may be young enough for the caller; what is known to be missing never is.
    private static bool IsYounger(VaultClient vault, GroupId group, uint maxAgeMs) =>
        vault.Sync.Status(group) is { Disputed: false, ProofAge: { } age, MissingBlobs: 0 } status && age.TotalMilliseconds <= maxAgeMs
        && (status.IsFresh || (status.State is FreshnessState.Stale or FreshnessState.Offline && status.KnownSeq <= status.VerifiedSeq));
}
