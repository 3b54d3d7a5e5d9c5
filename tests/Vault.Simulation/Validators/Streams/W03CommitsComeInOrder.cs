using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W03: commits of one group come in the order of the chain and without holes; where one would be, <c>head_moved</c> comes instead.</summary>
public sealed class W03CommitsComeInOrder : Validator
{
    private readonly Dictionary<(int Stream, GroupId Group), ulong> _told = [];

    public override string Promise => "W03 commits come in order";

    public override void Saw(Happening happening, Known known)
    {
        switch (happening)
        {
            case StreamOpened opened:
                foreach (var (group, from) in opened.From.Where(from => from.Value.Length > 0))
                {
                    _told[(opened.Stream, GroupId.Parse(Convert.FromHexString(group)))] = StreamStart.Seq(from);
                }

                break;
            case StreamHint { Kind: HintKind.Commit, Group: { } group } hint:
                if (_told.TryGetValue((hint.Stream, group), out var before) && hint.Number != before + 1)
                {
                    throw Broken($"stream {hint.Stream} tells of {hint.Number} of {group} after {before}");
                }

                _told[(hint.Stream, group)] = hint.Number;
                break;
            case StreamHint { Kind: HintKind.HeadMoved, Group: { } group } hint:
                _told[(hint.Stream, group)] = hint.Number;
                break;
            case RelayRestored:
                _told.Clear();
                break;
            default:
                break;
        }
    }
}
