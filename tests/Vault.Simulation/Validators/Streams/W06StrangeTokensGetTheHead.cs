using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W06: a token that is not on the relay's chain gets <c>head_moved</c> with the relay's head.</summary>
public sealed class W06StrangeTokensGetTheHead : Validator
{
    private readonly HashSet<(int Stream, GroupId Group)> _strange = [];

    public override string Promise => "W06 strange tokens get the head";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is StreamOpened opened)
        {
            foreach (var (group, from) in opened.From.Where(from => from.Value.Length > 0))
            {
                var id = GroupId.Parse(Convert.FromHexString(group));
                if (!known.Chain(id).Holds(StreamStart.Seq(from), StreamStart.Id(from)))
                {
                    _strange.Add((opened.Stream, id));
                }
            }
        }
        else if (happening is StreamHint { Kind: HintKind.Commit or HintKind.HeadMoved, Group: { } group } hint
            && _strange.Remove((hint.Stream, group)) && hint.Kind == HintKind.Commit)
        {
            throw Broken($"stream {hint.Stream} was opened beside {group}, and tells of {hint.Number} as if it followed");
        }
    }
}
