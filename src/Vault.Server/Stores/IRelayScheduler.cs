namespace Vault.Server.Stores;

/// <summary>
/// Where the relay's own work runs: the seam between threads in production and one pump in a simulation.
/// </summary>
/// <remarks>
/// Every completion that one part of the relay owes another goes through <see cref="Post"/>: a writer that completed a
/// caller's task itself would run the caller's continuation on the writer's thread, and one slow caller would hold up
/// everybody's commits. In production <see cref="Post"/> is the thread pool; in a simulation it is the pump's queue, so
/// the order of completions is the order of the posts and replays from the seed.
/// </remarks>
public interface IRelayScheduler
{
    /// <summary>Runs the work once, soon, and never inside this call.</summary>
    void Post(Action work);

    /// <summary>Starts a worker that runs <paramref name="drain"/> after each signal, never twice at a time.</summary>
    IRelayWorker StartWorker(string name, Action drain);
}

/// <summary>A serial worker. After <see cref="IDisposable.Dispose"/> it runs nothing any more.</summary>
public interface IRelayWorker : IDisposable
{
    /// <summary>There is work: the drain runs at least once from now on. Signals before that run are one.</summary>
    void Signal();
}
