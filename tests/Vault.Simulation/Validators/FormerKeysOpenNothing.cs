using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariant 5, tried out: every key that a former member's kit leads to, on everything that was put since (`Scenarios/FormerMembers`).</summary>
public sealed class FormerKeysOpenNothing : Validator
{
    public override string Promise => "removal";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is not FormerKeys tried)
        {
            return;
        }

        if (tried.OpenedAfter > 0)
        {
            throw Broken($"{tried.Person} opens {tried.OpenedAfter} of {tried.After} values that were put in {tried.Group} after the membership ended");
        }

        // What a member could read stays readable to who was one: nothing takes it back. So if this does not open, the trial proves nothing.
        if (tried.OpenedBefore < tried.Before)
        {
            throw Broken($"{tried.Person} opens only {tried.OpenedBefore} of {tried.Before} values that were put in {tried.Group} before the membership ended");
        }
    }
}
