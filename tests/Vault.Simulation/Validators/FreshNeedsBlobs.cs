using Vault.Client.Sync;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>A group is not fresh while the newest value of an item in it is not here (attack: the password's blob withheld).</summary>
public sealed class FreshNeedsBlobs : Validator
{
    public override string Promise => "fresh needs blobs";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is Shown { State: FreshnessState.Live or FreshnessState.Polling, Withheld: > 0 } shown)
        {
            throw Broken($"{shown.Device} calls {shown.Group} {shown.State} at {shown.Seq} with {shown.Withheld} items that it cannot show");
        }
    }
}
