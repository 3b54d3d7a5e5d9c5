using Vault.Client;
using Vault.Client.Items;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Services;

/// <summary>What became of edits, as the contract says it.</summary>
internal static class WriteOutcomes
{
    /// <summary>Waits for an edit at most so long.</summary>
    /// <exception cref="AgentException">CONFLICT: it was discarded meanwhile.</exception>
    public static async Task<WriteOutcome> WaitAsync(VaultClient vault, AcceptedEdit edit, uint waitMs, CancellationToken cancellation)
    {
        var outcome = await vault.Items.WaitAsync(edit, TimeSpan.FromMilliseconds(waitMs), cancellation);
        var pending = (uint)vault.Items.OutboxCount(edit.Group);
        if (outcome.State == EditState.Saved)
        {
            return new WriteOutcome { State = WriteState.Confirmed, Seq = outcome.Seq ?? 0, Pending = pending };
        }

        if (outcome.State == EditState.Discarded)
        {
            throw new AgentException(ExitCode.Conflict, "The edit was discarded meanwhile, by another command.");
        }

        var connection = vault.Sync.Connection();
        var offline = connection.Reason.Length > 0;
        return new WriteOutcome
        {
            State = WriteState.SavedHere,
            Pending = pending,
            ReasonCode = offline ? ExitCode.Offline : ExitCode.Stale,
            Reason = outcome.Reason?.ToString() ?? (offline ? connection.Reason : "The relay has not confirmed it yet."),
        };
    }

    /// <summary>Waits for several; the answer is about the one that stands worst.</summary>
    public static async Task<WriteOutcome> WaitAllAsync(VaultClient vault, IReadOnlyList<AcceptedEdit> edits, uint waitMs, CancellationToken cancellation)
    {
        var worst = new WriteOutcome { State = WriteState.Confirmed };
        foreach (var edit in edits)
        {
            // One commit carries them all, so when the first is confirmed the others are, and the wait is one wait.
            var outcome = await WaitAsync(vault, edit, worst.State == WriteState.Confirmed ? waitMs : 0, cancellation);
            worst = worst.State == WriteState.Confirmed ? outcome : worst;
        }

        return worst;
    }
}
