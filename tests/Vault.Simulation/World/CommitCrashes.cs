using Vault.Client.Replicas;
using Vault.Server.Stores;
using Vault.Simulation.Time;

namespace Vault.Simulation.World;

/// <summary>
/// Stands beside each COMMIT of one process and crashes it there when armed: before, nothing of the transaction may stay;
/// after, all of it must. A process that crashed commits nothing more.
/// </summary>
internal sealed class CommitCrashes(Dice dice, Action<bool> crash, Action? committed = null) : ICommitProbe, ICommitObserver
{
    private bool _dead;

    /// <summary>Probability of a crash at either side of a COMMIT.</summary>
    public double Rate { get; set; }

    /// <summary>Ends the process without a COMMIT having to come.</summary>
    public void Kill() => _dead = true;

    public void BeforeCommit(string transaction) => Pass(isBefore: true);

    public void AfterCommit(string transaction)
    {
        committed?.Invoke();
        Pass(isBefore: false);
    }

    public void BeforeCommit(int writes) => Pass(isBefore: true);

    public void AfterCommit(int writes)
    {
        committed?.Invoke();
        Pass(isBefore: false);
    }

    private void Pass(bool isBefore)
    {
        if (!_dead && Rate > 0 && dice.Chance(Rate))
        {
            _dead = true;
            crash(isBefore);
        }

        if (_dead)
        {
            throw new CrashException(isBefore ? "before a COMMIT" : "after a COMMIT");
        }
    }
}
