using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators.Streams;

/// <summary>W11: a former member's stream tells of the commit that ended the membership, and of nothing after it.</summary>
public sealed class W11FormerMembersHearTheEnd : Validator
{

    public override string Promise => "W11 former members hear the end";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is StreamHint { Kind: HintKind.Commit or HintKind.HeadMoved, Group: { } group } hint
            && known.Streams.TryGetValue(hint.Stream, out var stream) && known.AccountOf(stream.Device) is { } account
            && known.Chain(group) is { Head: not null } chain && hint.Number > EndOf(chain, account))
        {
            throw Broken($"stream {hint.Stream} tells {stream.Device} of {hint.Number} of {group}, where it was a member no longer");
        }
    }

    // The commit that ended the last membership; the head, for a member. Who was never one has no end to hear of.
    private static ulong? EndOf(AcceptedChain chain, AccountId account)
    {
        var seq = chain.Head!.Seq;
        if (chain.Model.RoleOf(account) != Role.Unspecified)
        {
            return seq;
        }

        while (seq > 0 && chain.Before(seq).RoleOf(account) == Role.Unspecified)
        {
            seq--;
        }

        return seq;
    }
}
