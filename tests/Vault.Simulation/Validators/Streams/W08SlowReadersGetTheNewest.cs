using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>
/// W08: a reader that falls behind gets the newest head of each group. What it takes after it had to wait was chosen when it
/// took the message before, and names nothing older than what stood then.
/// </summary>
public sealed class W08SlowReadersGetTheNewest : Validator
{
    private static readonly TimeSpan Ring = TimeSpan.FromMilliseconds(150);

    private readonly Dictionary<int, long> _before = [];
    private long _tailFreeSince;

    public override string Promise => "W08 slow readers get the newest head";

    public override void Saw(Happening happening, Known known)
    {
        switch (happening)
        {
            case RelayHealth relay:
                _tailFreeSince = !relay.IsTailFree ? long.MaxValue : _tailFreeSince == long.MaxValue ? relay.At : _tailFreeSince;
                break;
            case StreamEnded ended:
                _before.Remove(ended.Stream);
                break;
            case StreamHint hint:
                if (hint is { Kind: HintKind.HeadMoved, Waited: true, Group: { } group } && _before.TryGetValue(hint.Stream, out var taken))
                {
                    Judge(hint, group, taken, known);
                }

                _before[hint.Stream] = hint.At;
                break;
            default:
                break;
        }
    }

    private void Judge(StreamHint hint, GroupId group, long taken, Known known)
    {
        var chain = known.Chain(group);
        if (chain.FirstAfter(hint.Number) is { } at && at + Ring.Ticks < taken && taken - Ring.Ticks > _tailFreeSince
            && known.Streams.TryGetValue(hint.Stream, out var stream) && known.AccountOf(stream.Device) is { } account
            && chain.Before(hint.Number + 1).RoleOf(account) != Role.Unspecified)
        {
            throw Broken($"stream {hint.Stream} names {hint.Number} of {group} to a slow reader, and {hint.Number + 1} had stood for {TimeSpan.FromTicks(taken - at)}");
        }
    }
}
