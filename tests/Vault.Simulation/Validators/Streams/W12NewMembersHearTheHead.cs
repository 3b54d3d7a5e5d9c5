using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>
/// W12: a new member's streams tell of the group from the add on, first by <c>head_moved</c>. New is who was no member where the stream
/// had told to. Who was removed and added again since then goes on from there, in one reading of the tail (seed 8098), and W03 sees to it
/// that nothing is left out.
/// </summary>
public sealed class W12NewMembersHearTheHead : Validator
{
    private readonly HashSet<(int Stream, GroupId Group)> _strangers = [];
    private readonly Dictionary<(int Stream, GroupId Group), ulong> _told = [];

    public override string Promise => "W12 new members hear the head";

    public override void Saw(Happening happening, Known known)
    {
        switch (happening)
        {
            case StreamOpened opened:
                // A group without a token starts at its head of this moment (W05).
                foreach (var chain in known.Chains.Values.Where(chain => chain.Head is not null))
                {
                    _told[(opened.Stream, chain.Group)] = chain.Head!.Seq;
                }

                break;
            case CommitAccepted { Body.Adds.Count: > 0 } commit:
                foreach (var add in commit.Body.Adds)
                {
                    var account = AccountId.Parse(add.Account.Span);
                    _strangers.UnionWith(known.Streams.Values
                        .Where(stream => known.AccountOf(stream.Device) == account && !stream.From.ContainsKey(commit.Group.ToString())
                            && !(_told.TryGetValue((stream.Stream, commit.Group), out var told)
                                && known.Chain(commit.Group).After(told).RoleOf(account) != Role.Unspecified))
                        .Select(stream => (stream.Stream, commit.Group)));
                }

                break;
            case StreamHint { Kind: HintKind.Commit or HintKind.HeadMoved, Group: { } group } hint:
                if (_strangers.Remove((hint.Stream, group)) && hint.Kind == HintKind.Commit)
                {
                    throw Broken($"stream {hint.Stream} begins {group} with commit {hint.Number}");
                }

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
