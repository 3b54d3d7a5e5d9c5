using Vault.Agent.Views;
using Vault.Client;
using Vault.Core.Ids;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>How new a read's data must be: asked of the relay where the caller wants proof, else as it is.</summary>
internal static class Freshening
{
    /// <summary>Proves the groups' heads as the options ask.</summary>
    /// <exception cref="AgentException">STALE or OFFLINE: it could not be proven.</exception>
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

    // A round's own request proves the head, so its proof was sent after this call arrived.
    private static async Task ProveAsync(VaultClient vault, GroupId group, CancellationToken cancellation)
    {
        var statuses = await vault.Sync.SyncAsync(group, cancellation);
        foreach (var (id, status) in statuses.Where(one => one.Group == group))
        {
            if (!status.IsFresh)
            {
                throw new AgentException(
                    ExitCode.Stale, $"The head of \"{vault.Groups.Show(id).Name}\" could not be proven: {status.State}.", "svault status");
            }
        }
    }

    private static bool IsYounger(VaultClient vault, GroupId group, uint maxAgeMs) =>
        vault.Sync.Status(group) is { IsFresh: true, ProofAge: { } age } && age.TotalMilliseconds <= maxAgeMs;
}
