using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W07: commits ride inline when all that is new of a group, with its live blobs, is at most 64 KiB.</summary>
public sealed class W07InlineIsSmall : Validator
{
    private const int MostBytes = (64 << 10) + 1_024;

    public override string Promise => "W07 inline is small";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is StreamHint { Kind: HintKind.Commit, Bytes: > MostBytes } hint)
        {
            throw Broken($"stream {hint.Stream} carries {hint.Number} of {hint.Group} with {hint.Bytes} bytes");
        }
    }
}
