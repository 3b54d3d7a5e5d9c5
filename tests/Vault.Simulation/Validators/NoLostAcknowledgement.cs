using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>What the relay confirms is durable by then, and stays, unless its operator puts an older database in place.</summary>
public sealed class NoLostAcknowledgement : Validator
{
    public override string Promise => "no lost acknowledgement";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is Acknowledged ack && !known.Chain(ack.Group).Holds(ack.Seq, ack.Id))
        {
            throw Broken($"{ack.Device} is told that {ack.Seq} of {ack.Group} stands, and no COMMIT of the relay made it durable");
        }

        if (happening is FinalState { How: "relay" } final)
        {
            var chain = known.Chain(final.Group);
            if (chain.Head is not { } head || head.Seq != final.Seq || head.Id != final.Id)
            {
                throw Broken($"the relay's database ends {final.Group} at {final.Seq}, its COMMITs at {chain.Head?.Seq}");
            }
        }
    }
}
