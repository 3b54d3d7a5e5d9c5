using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W05: a group without a token starts at its head of the moment when the stream was opened.</summary>
public sealed class W05StartsAtItsHead : Validator
{
    private readonly Dictionary<(int Stream, GroupId Group), ulong> _heads = [];

    public override string Promise => "W05 a group without a token starts at its head";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is StreamOpened opened)
        {
            foreach (var chain in known.Chains.Values.Where(chain => chain.Head is not null && !opened.From.ContainsKey(chain.Group.ToString())))
            {
                _heads[(opened.Stream, chain.Group)] = chain.Head!.Seq;
            }
        }
        else if (happening is StreamHint { Kind: HintKind.Commit, Group: { } group } hint
            && _heads.TryGetValue((hint.Stream, group), out var head) && hint.Number <= head)
        {
            throw Broken($"stream {hint.Stream} was opened at {head} of {group}, and tells of {hint.Number}");
        }
        else if (happening is RelayRestored)
        {
            _heads.Clear();
        }
    }
}
