using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>
/// W04 and W09: from a token on everything accepted is hinted, inline or by <c>head_moved</c>, and a lost ring inside the relay
/// delays a hint by at most 100 ms. A beat travels the same way: when one comes, what was accepted before it has been told.
/// </summary>
public sealed class W04NothingFallsBetween : Validator
{
    // The tail's interval, and what the reading and writing of one step takes.
    private static readonly TimeSpan Ring = TimeSpan.FromMilliseconds(150);

    // A beat that waited for the reader was put into the stream up to an interval ago.
    private static readonly TimeSpan SlowReader = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(int Stream, GroupId Group), (long Since, ulong Seq)> _told = [];
    private readonly Dictionary<int, long> _waited = [];
    private long _tailFreeSince;

    public override string Promise => "W04 and W09 nothing falls between fetch and watch";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is StreamHint { Waited: true } slow)
        {
            _waited[slow.Stream] = slow.At;
        }

        switch (happening)
        {
            case StreamOpened opened:
                foreach (var (group, from) in opened.From)
                {
                    var id = GroupId.Parse(Convert.FromHexString(group));
                    var seq = from.Length == 0 ? 0 : StreamStart.Seq(from);
                    if (from.Length == 0 || known.Chain(id).Holds(seq, StreamStart.Id(from)))
                    {
                        _told[(opened.Stream, id)] = (happening.At, seq);
                    }
                }

                break;
            case StreamHint { Kind: HintKind.Commit or HintKind.HeadMoved, Group: { } group } hint:
                if (_told.TryGetValue((hint.Stream, group), out var before) && hint.Number > before.Seq)
                {
                    if (!IsSlow(hint))
                    {
                        Judge(hint, known.Chain(group), before, known);
                    }

                    _told[(hint.Stream, group)] = before with { Seq = hint.Number };
                }

                break;
            case StreamHint { Kind: HintKind.Beat } beat when !IsSlow(beat):
                foreach (var ((stream, group), told) in _told.Where(told => told.Key.Stream == beat.Stream))
                {
                    Judge(beat, known.Chain(group), told, known);
                }

                break;
            case RelayHealth { IsTailFree: false }:
                _tailFreeSince = long.MaxValue;
                break;
            case RelayHealth when _tailFreeSince == long.MaxValue:
                _tailFreeSince = happening.At;
                break;
            case StreamEnded ended:
                foreach (var key in _told.Keys.Where(key => key.Stream == ended.Stream).ToList())
                {
                    _told.Remove(key);
                }

                break;
            case RelayRestored:
                _told.Clear();
                break;
            default:
                break;
        }
    }

    private bool IsSlow(StreamHint hint) => _waited.TryGetValue(hint.Stream, out var at) && hint.At - at < SlowReader.Ticks;

    private void Judge(StreamHint hint, AcceptedChain chain, (long Since, ulong Seq) told, Known known)
    {
        if (known.Streams.TryGetValue(hint.Stream, out var stream) && known.AccountOf(stream.Device) is { } account
            && chain.FirstAfter(told.Seq) is { } at && chain.Before(told.Seq + 1).RoleOf(account) != Role.Unspecified
            && hint.At - Math.Max(Math.Max(at, told.Since), _tailFreeSince) > Ring.Ticks)
        {
            throw Broken($"stream {hint.Stream} says {hint.Kind}, and had not told of {told.Seq + 1} of {chain.Group}, accepted {TimeSpan.FromTicks(hint.At - at)} ago");
        }
    }
}
