using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W13 and W15: when a device loses its authority or its session ends, its streams end, and what waits in them is not sent.</summary>
public sealed class W15EndedStreamsAreSilent : Validator
{
    private readonly HashSet<int> _ended = [];

    public override string Promise => "W13 and W15 ended streams are silent";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is StreamEnded ended)
        {
            _ended.Add(ended.Stream);
        }
        else if (happening is StreamHint hint && _ended.Contains(hint.Stream))
        {
            throw Broken($"stream {hint.Stream} says {hint.Kind} after its end");
        }
    }
}
