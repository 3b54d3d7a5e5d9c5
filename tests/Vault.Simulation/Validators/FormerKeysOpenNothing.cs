using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariant 5, tried out: every key that a former member's device ever held, on everything that was put since.</summary>
public sealed class FormerKeysOpenNothing : Validator
{
    public override string Promise => "removal";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is FormerKeys { Opened: > 0 } tried)
        {
            throw Broken($"{tried.Device} opens {tried.Opened} of {tried.Blobs} values that were put in {tried.Group} after its membership ended");
        }
    }
}
