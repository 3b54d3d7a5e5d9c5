using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W01: the first message of a stream is <c>hello</c>, once.</summary>
public sealed class W01HelloComesFirst : Validator
{
    private readonly HashSet<int> _greeted = [];

    public override string Promise => "W01 hello comes first";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is StreamHint hint && (hint.Kind == HintKind.Hello) != _greeted.Add(hint.Stream))
        {
            throw Broken($"stream {hint.Stream} of {known.Streams.GetValueOrDefault(hint.Stream)?.Device} says {hint.Kind}");
        }
    }
}
