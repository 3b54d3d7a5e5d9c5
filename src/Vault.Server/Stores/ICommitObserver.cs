namespace Vault.Server.Stores;

/// <summary>
/// Stands beside each COMMIT of an embedded store. What it throws ends the store as a crash of the process at that point
/// would: before, nothing of the batch stays; after, all of it stays and nobody is told.
/// </summary>
public interface ICommitObserver
{
    /// <summary>Runs when all writes of a batch are applied and the COMMIT is next.</summary>
    void BeforeCommit(int writes);

    /// <summary>Runs when the COMMIT has returned and nothing is acknowledged yet.</summary>
    void AfterCommit(int writes);
}
