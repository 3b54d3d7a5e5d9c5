using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Protocol.V1;
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

    // A former member is shown nothing after the commit that ended the membership.
    private static bool MaySee(AcceptedChain chain, ulong seq, AccountId account) =>
        chain.Model.RoleOf(account) != Role.Unspecified || chain.Before(seq).RoleOf(account) != Role.Unspecified;
}
