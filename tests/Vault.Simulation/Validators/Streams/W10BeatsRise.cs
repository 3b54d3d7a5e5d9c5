using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W10: beats come with rising counters, and none while the relay could not write for 5 s.</summary>
public sealed class W10BeatsRise : Validator
{
    private readonly Dictionary<int, ulong> _last = [];
    private readonly Dictionary<int, long> _waited = [];
    private long? _deafSince;

    public override string Promise => "W10 beats rise";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is RelayHealth relay)
        {
            _deafSince = relay.TakesWrites ? null : _deafSince ?? relay.At;
        }
        else if (happening is StreamHint { Waited: true } slow)
        {
            _waited[slow.Stream] = slow.At;
        }

        if (happening is StreamHint { Kind: HintKind.Beat } beat)
        {
            if (_last.TryGetValue(beat.Stream, out var before) && beat.Number <= before)
            {
                throw Broken($"stream {beat.Stream} beats {beat.Number} after {before}");
            }

            if (!(_waited.TryGetValue(beat.Stream, out var waited) && beat.At - waited < TimeSpan.FromSeconds(10).Ticks) && _deafSince is { } since && beat.At - since > TimeSpan.FromSeconds(6).Ticks)
            {
                throw Broken($"stream {beat.Stream} beats, and the store has taken no write for {TimeSpan.FromTicks(beat.At - since)}");
            }

            _last[beat.Stream] = beat.Number;
        }
    }
}
