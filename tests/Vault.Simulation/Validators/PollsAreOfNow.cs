using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>
/// The poll is dated when it is sent, so its answer holds whatever the relay had accepted when the question arrived, in every group
/// that its account is a member of: it is read from the store after that, and not from what the tail came to.
/// </summary>
public sealed class PollsAreOfNow : Validator
{
    public override string Promise => "polls are of now";

    public override void Saw(Happening happening, Known known)
    {
        ArgumentNullException.ThrowIfNull(known);
        if (happening is not PollAnswered poll || known.AccountOf(poll.Device) is not { } account)
        {
            return;
        }

        foreach (var (group, chain) in known.Chains)
        {
            var isNamed = poll.Heads.TryGetValue(group.ToString(), out var seq);
            if (isNamed ? IsOlder(chain, seq, poll.ArrivedAt, account) : WasMember(chain, poll.ArrivedAt, account))
            {
                throw Broken($"{poll.Device} asked at {TimeSpan.FromTicks(poll.ArrivedAt)} and was told {(isNamed ? $"{seq}" : "nothing")} of {group}, which was further");
            }
        }
    }

    private static bool IsOlder(AcceptedChain chain, ulong seq, long arrived, AccountId account) =>
        chain.FirstAfter(seq) is { } at && at < arrived && MaySee(chain, seq + 1, account);

    private static bool WasMember(AcceptedChain chain, long arrived, AccountId account) =>
        chain.Head is { } head && head.At < arrived && chain.Model.RoleOf(account) != Role.Unspecified;
}
