using Vault.Client.Sync;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>
/// The first promise: a group that a device calls fresh holds every commit that the relay accepted longer ago than the bound, as
/// the relay's own COMMITs tell, not as anybody says.
/// </summary>
public sealed class NeverFalseFresh : Validator
{
    public override string Promise => "never false-fresh";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is not Shown { State: FreshnessState.Live or FreshnessState.Polling } shown
            || known.AccountOf(shown.Device) is not { } account)
        {
            return;
        }

        var chain = known.Chain(shown.Group);
        if (chain.FirstAfter(shown.Seq) is { } at && shown.At - at > Bound.Ticks && MaySee(chain, shown.Seq + 1, account))
        {
            throw Broken($"{shown.Device} calls {shown.Group} {shown.State} at {shown.Seq}, and the relay accepted {shown.Seq + 1} {TimeSpan.FromTicks(shown.At - at)} ago");
        }
    }
}
