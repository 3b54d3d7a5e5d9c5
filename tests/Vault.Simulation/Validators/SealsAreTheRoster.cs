using Vault.Core.Ids;
using Vault.Simulation.History;

namespace Vault.Simulation.Validators;

/// <summary>Invariant 6: an epoch is sealed to everybody who is a member after its commit, once, and to nobody else.</summary>
public sealed class SealsAreTheRoster : Validator
{
    public override string Promise => "seals are the roster";

    public override void Saw(Happening happening, Known known)
    {
        if (happening is not CommitAccepted { Body.Epoch: { } epoch } commit)
        {
            return;
        }

        var chain = known.Chain(commit.Group);
        var roster = chain.After(commit.Seq).Roles.Keys;
        if (!epoch.Seals.Select(seal => AccountId.Parse(seal.Account.Span)).Order().SequenceEqual(roster))
        {
            throw Broken($"epoch {epoch.Number} in {commit.Seq} of {commit.Group} is sealed to others than its members");
        }

        if (epoch.Number <= chain.Before(commit.Seq).Epoch)
        {
            throw Broken($"epoch {epoch.Number} in {commit.Seq} of {commit.Group} follows epoch {chain.Before(commit.Seq).Epoch}");
        }
    }
}
