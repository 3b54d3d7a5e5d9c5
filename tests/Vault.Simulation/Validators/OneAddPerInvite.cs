using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariant 8: an invite adds one person, none after it was closed or its opener fell, and nobody at another role.</summary>
public sealed class OneAddPerInvite : Validator
{
    public override string Promise => "one add an invite";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is not CommitAccepted commit)
        {
            return;
        }

        var before = known.Chain(commit.Group).Before(commit.Seq);
        var used = new HashSet<ByteString>();
        foreach (var add in commit.Body.Adds.Where(add => add.Proof is not null))
        {
            var join = JoinBody.Parser.ParseFrom(add.Proof.Body);
            if (!before.Invites.TryGetValue(join.Invite, out var invite) || invite.Role != add.Role || join.Account != add.Account || !used.Add(join.Invite))
            {
                throw Broken($"{commit.Seq} of {commit.Group} adds {AccountId.Parse(add.Account.Span)} by an invite that is not open for that");
            }
        }
    }
}
