using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>
/// Who was removed or left is brought back by nothing from before: the invite that an add completes was opened after the membership ended.
/// No rule of the chain says so, since an owner may add whom they like; the opener's device sees to it where it acts by itself.
/// </summary>
public sealed class NoReturnByAnOldInvite : Validator
{
    public override string Promise => "no return by an old invite";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is not CommitAccepted commit)
        {
            return;
        }

        var before = known.Chain(commit.Group).Before(commit.Seq);
        foreach (var add in commit.Body.Adds.Where(add => add.Proof is not null))
        {
            var account = AccountId.Parse(add.Account.Span);
            if (before.Ended.TryGetValue(account, out var ended) && before.Invites.TryGetValue(JoinBody.Parser.ParseFrom(add.Proof.Body).Invite, out var invite)
                && invite.Opened < ended)
            {
                throw Broken($"{commit.Seq} of {commit.Group} lets in {account}, out since {ended}, by an invite of {invite.Opened}");
            }
        }
    }
}
