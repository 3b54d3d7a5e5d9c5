using Vault.Core.Ids;
using Vault.Protocol.V1;
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

    /// <summary>Whether the relay shows a commit to an account: a former member gets nothing after the commit that ended the membership.</summary>
    protected static bool MaySee(AcceptedChain chain, ulong seq, AccountId account)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return chain.Model.RoleOf(account) != Role.Unspecified || chain.Before(seq).RoleOf(account) != Role.Unspecified;
    }

    /// <summary>The exception that says so.</summary>
    protected ViolationException Broken(string what) => new(Promise, what);
}
