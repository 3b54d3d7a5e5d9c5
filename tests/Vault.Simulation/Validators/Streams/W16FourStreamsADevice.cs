using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W16: a device has at most four streams.</summary>
public sealed class W16FourStreamsADevice : Validator
{
    private const int Most = 4;

    private readonly Dictionary<int, string> _open = [];
    private readonly HashSet<int> _greeted = [];

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
                _greeted.Remove(ended.Stream);
                break;

            // A stream counts from its hello on; the fifth's is said in the moment in which the oldest is told to end.
            case StreamHint { Kind: HintKind.Hello } hello:
                _greeted.Add(hello.Stream);
                break;
            case StreamHint { Kind: HintKind.Beat } beat when _open.TryGetValue(beat.Stream, out var device):
                if (_greeted.Count(stream => _open.GetValueOrDefault(stream) == device) > Most)
                {
                    throw Broken($"{device} has more than {Most} streams");
                }

                break;
            default:
                break;
        }
    }
}
