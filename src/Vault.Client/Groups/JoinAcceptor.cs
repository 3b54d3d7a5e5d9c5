using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Groups;
using Vault.Core.Ids;

namespace Vault.Client.Groups;

/// <summary>
/// The joiner's side, once the add stands in the chain: the group becomes an accepted one, its opener a pinned person. The chain
/// must hold the commit that the code named, or it is not the group that the code was for.
/// </summary>
internal sealed class JoinAcceptor(ClientCore core, PersonalRecords records)
{
    /// <summary>Accepts every group that was asked for, is verified here, and has this account as a member.</summary>
    public void AcceptJoined()
    {
        if (core.Keys is null || records.Group is null)
        {
            return;
        }

        foreach (var group in core.Groups.Values.Where(group => group.Follow == Follow.Asked).ToList())
        {
            if (group.State is { } state && state.MemberOf(core.Account!.Id) is not null && group.Floor is { } floor && group.Ids.Contains(floor))
            {
                Accept(group, state);
            }
        }
    }

    private void Accept(FollowedGroup group, VerifiedGroup state)
    {
        records.Accept(group);
        if (group.Opener is { } opener && HeadOf(state, opener) is { } head)
        {
            records.PinByInvite(opener, head, "");
        }

        core.Replica.Database.Transact("accept", () => core.Replica.Chains.SetGroup(group.Id, Follow.Accepted));
        group.Follow = Follow.Accepted;
        core.RaiseChanged(group.Id);
    }

    private static ChainHead? HeadOf(VerifiedGroup state, AccountId account) =>
        state.MemberOf(account)?.Anchor.Head ?? (state.FormerMembers.TryGetValue(account, out var former) ? former : null);
}
