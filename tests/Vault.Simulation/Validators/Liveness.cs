using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariant 18: with faults off every outbox empties; what is set aside says why.</summary>
public sealed class Liveness : Validator
{
    public override string Promise => "liveness";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is FinalOutbox { Waiting: > 0 } outbox)
        {
            throw Broken($"{outbox.Waiting} edits still wait on {outbox.Device}");
        }
    }
}
