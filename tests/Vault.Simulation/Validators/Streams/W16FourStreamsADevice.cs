using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W16: a device has at most four streams.</summary>
public sealed class W16FourStreamsADevice : Validator
{
    private const int Most = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(12);

    private readonly Dictionary<int, string> _open = [];
    private readonly Dictionary<int, long> _beat = [];

    public override string Promise => "W16 four streams a device";

    public override void Saw(Happening happening, Known known)
    {
        switch (happening)
        {
            case StreamOpened opened:
                _open[opened.Stream] = opened.Device;
                break;
            case StreamEnded ended:
                _open.Remove(ended.Stream);
                _beat.Remove(ended.Stream);
                break;

            // One that was told to end while its reader took nothing ends when the transport gives up; it gets no beat.
            case StreamHint { Kind: HintKind.Beat, Waited: false } beat when _open.TryGetValue(beat.Stream, out var device):
                _beat[beat.Stream] = beat.At;
                if (_beat.Count(other => beat.At - other.Value < Interval.Ticks && _open.GetValueOrDefault(other.Key) == device) > Most)
                {
                    throw Broken($"{device} has more than {Most} streams");
                }

                break;
            default:
                break;
        }
    }
}
