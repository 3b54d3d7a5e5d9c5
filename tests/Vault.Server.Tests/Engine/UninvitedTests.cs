using Google.Protobuf;
using Vault.Crypto;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>The rules let anybody add anybody whose chain they know; nobody is harmed by being added.</summary>
public sealed class UninvitedTests
{
    [Fact]
    public void Groups_that_others_put_somebody_into_keep_nobody_from_founding_and_have_an_end() => Run(
        async world =>
        {
            var victim = await world.RegisterAsync();
            var session = await world.OpenAsync(victim);
            var (first, firsts, circle) = await world.FoundAsync();
            await world.PushAsync(firsts, circle.Add(first, victim, Role.Owner));
            var (second, seconds, other) = await world.FoundAsync();
            await world.PushAsync(seconds, other.Add(second, victim, Role.Viewer));
            await world.PushAsync(seconds, other.Remove(second, victim, second));

            // Put into as many as one may be, the removal notwithstanding: into a third by invite alone.
            var (third, thirds, more) = await world.FoundAsync();
            var key = SigningKey.Create(world.Random);
            await world.PushAsync(thirds, more.Invite(third, key, Role.Editor));
            var head = more.State.Head.Seq;
            await RefusedAsync(FaultCode.Quota, () => world.PushAsync(thirds, more.Add(third, victim, Role.Viewer)));
            more.Rewind(head);
            Assert.Equal(PushOutcome.Accepted, (await world.PushAsync(thirds, more.Add(third, victim, Role.Editor, Proof(more, key, victim)))).Outcome);

            // What was joined by invite counts, and what was founded; what others did does not.
            var own = new Circle(world.Random, victim);
            Assert.Equal(PushOutcome.Accepted, (await world.PushAsync(session, own.Push(own.Commits))).Outcome);
            Assert.Equal(4, (await world.HeadsAsync(session)).Heads.Count);
            var tooMany = new Circle(world.Random, victim);
            await RefusedAsync(FaultCode.Quota, () => world.PushAsync(session, tooMany.Push(tooMany.Commits)));
        },
        options => options with { Limits = options.Limits with { GroupsPerAccount = 2 } });

    private static InviteProof Proof(Circle circle, SigningKey key, Person joiner)
    {
        var invite = circle.State.Invites.Values.Single();
        var body = new JoinBody
        {
            Version = 1,
            Group = circle.Id.ToByteString(),
            Invite = invite.Id.ToByteString(),
            InviteCommit = invite.Opened.Id.ToByteString(),
            Account = joiner.Id.ToByteString(),
            Device = joiner.DeviceId.ToByteString(),
            Head = joiner.Account.Head.ToAccountHead(),
            SealedNameHash = ByteString.CopyFrom(JoinNames.HashOf("a name"u8)),
        };
        return SignedProofs.Join(body, key, joiner.Device);
    }
}
