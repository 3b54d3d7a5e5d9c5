using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariant 8: a group always has an owner.</summary>
public sealed class OwnerExists : Validator
{
    public override string Promise => "an owner exists";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is CommitAccepted commit && !known.Chain(commit.Group).After(commit.Seq).Roles.ContainsValue(Role.Owner))
        {
            throw Broken($"nobody owns {commit.Group} after {commit.Seq}");
        }
    }
}
