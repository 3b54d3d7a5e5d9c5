using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>The relay cannot read: no title, value or name that people wrote stands anywhere in its database.</summary>
public sealed class BlindRelay : Validator
{
    public override string Promise => "blind relay";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is RelayRows { Found.Count: > 0 } rows)
        {
            throw Broken($"plaintext in {string.Join(", ", rows.Found)}");
        }
    }
}
