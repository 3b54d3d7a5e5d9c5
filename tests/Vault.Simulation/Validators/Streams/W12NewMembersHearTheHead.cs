using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W12: a new member's streams tell of the group from the add on, first by <c>head_moved</c>.</summary>
public sealed class W12NewMembersHearTheHead : Validator
{
    private readonly HashSet<(int Stream, GroupId Group)> _strangers = [];

    public override string Promise => "W12 new members hear the head";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is CommitAccepted { Body.Adds.Count: > 0 } commit)
        {
            foreach (var add in commit.Body.Adds)
            {
                var account = AccountId.Parse(add.Account.Span);
                _strangers.UnionWith(known.Streams.Values
                    .Where(stream => known.AccountOf(stream.Device) == account && !stream.From.ContainsKey(commit.Group.ToString()))
                    .Select(stream => (stream.Stream, commit.Group)));
            }
        }
        else if (happening is StreamHint { Kind: HintKind.Commit or HintKind.HeadMoved, Group: { } group } hint
            && _strangers.Remove((hint.Stream, group)) && hint.Kind == HintKind.Commit)
        {
            throw Broken($"stream {hint.Stream} begins {group} with commit {hint.Number}");
        }
    }
}
