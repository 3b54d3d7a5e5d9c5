using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Judges one sentence of what Vault promises, from the history alone.</summary>
public abstract class Validator
{
    /// <summary>A commit is in time, and a proof is new, within this.</summary>
    protected static readonly TimeSpan Bound = TimeSpan.FromSeconds(45);

    /// <summary>The promise, in a few words.</summary>
    public abstract string Promise { get; }

    /// <summary>One more happening, which <paramref name="known"/> has learned already.</summary>
    /// <exception cref="ViolationException">The promise is broken.</exception>
    public abstract void Saw(Happening happening, Known known);

    /// <summary>The exception that says so.</summary>
    protected ViolationException Broken(string what) => new(Promise, what);
}
