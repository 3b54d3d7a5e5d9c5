using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>
/// Invariants 5 and 6, in the chain: whoever leaves or is removed holds no key under which anything is put afterwards, because a
/// removal starts an epoch and the first writer after a leave does.
/// </summary>
public sealed class RotationComesFirst : Validator
{
    public override string Promise => "rotation comes first";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is not CommitAccepted commit)
        {
            return;
        }

        var chain = known.Chain(commit.Group);
        var (before, after) = (chain.Before(commit.Seq), chain.After(commit.Seq));
        if (commit.Body.Removes.Count > 0 && commit.Body.Epoch is null)
        {
            throw Broken($"{commit.Seq} of {commit.Group} removes somebody and keeps the key");
        }

        if (commit.Body.Puts.Count > 0 && before.IsRotationDue && commit.Body.Epoch is null)
        {
            throw Broken($"{commit.Seq} of {commit.Group} puts under a key that somebody left with");
        }

        foreach (var put in commit.Body.Puts)
        {
            if (put.Epoch != after.Epoch)
            {
                throw Broken($"{commit.Seq} of {commit.Group} puts under epoch {put.Epoch}, and {after.Epoch} is the newest");
            }

            foreach (var (account, epochs) in after.Sealed)
            {
                if (after.RoleOf(account) == Role.Unspecified && epochs.Contains(put.Epoch))
                {
                    throw Broken($"{commit.Seq} of {commit.Group} puts under epoch {put.Epoch}, whose key the former member {account} holds");
                }
            }
        }
    }
}
