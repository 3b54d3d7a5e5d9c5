using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W02: nothing is hinted before it is durable.</summary>
public sealed class W02HintsAreDurable : Validator
{

    public override string Promise => "W02 hints are durable";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is StreamHint { Kind: HintKind.Commit or HintKind.HeadMoved, Group: { } group, Id: { } id } hint
            && !known.Chain(group).Holds(hint.Number, id))
        {
            throw Broken($"stream {hint.Stream} tells of {hint.Number} of {group}, which no COMMIT made durable");
        }
    }
}
