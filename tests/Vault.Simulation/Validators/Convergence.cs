using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>
/// After healing all members' devices come to the relay's head and show the same items: as they ran, started anew from disk, and
/// a fresh device that reads everything from the start (invariant 1).
/// </summary>
public sealed class Convergence : Validator
{
    private readonly Dictionary<GroupId, FinalState> _shown = [];

    public override string Promise => "convergence";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is Settled { InTime: false } settled)
        {
            throw Broken($"not at rest in time after everything healed: {settled.Rest}");
        }

        if (happening is not FinalState { IsMember: true } final)
        {
            return;
        }

        if (known.Chain(final.Group).Head is not { } head || head.Id != final.Id)
        {
            throw Broken($"{final.Device} ({final.How}) ends {final.Group} at {final.Seq}, the relay at {known.Chain(final.Group).Head?.Seq}");
        }

        if (_shown.TryGetValue(final.Group, out var other) && other.Digest != final.Digest)
        {
            throw Broken($"{final.Device} ({final.How}) and {other.Device} ({other.How}) show other items of {final.Group} at {final.Seq}");
        }

        _shown[final.Group] = final;
    }
}
