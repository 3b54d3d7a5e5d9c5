using Google.Protobuf;
using Vault.Core;
using Vault.Crypto;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

public sealed class MailboxTests
{
    [Fact]
    public void A_joiner_finds_the_invitation_posts_a_proof_and_the_opener_hears_of_it() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var key = SigningKey.Create(world.Random);
        await world.PushAsync(session, circle.Invite(owner, key, Role.Editor));
        var opened = circle.State.Invites.Values.Single().Opened;
        var stream = world.Watch(session);
        await world.PassAsync(TimeSpan.FromMilliseconds(100));

        var joiner = await world.RegisterAsync();
        var invited = await world.OpenAsync(SignedProofs.InviteSession(Name, world.Nonce(), key));
        var invitation = await world.Relay.Mailboxes.GetInvitationAsync(invited, default);
        Assert.Equal(circle.Id.ToByteString(), invitation.Invitation.Group);
        Assert.Equal(opened.Id.ToByteString(), invitation.Invitation.Commit);
        Assert.Equal(owner.Id.ToByteString(), invitation.Invitation.Opener);
        Assert.Equal(circle.Commits[^1], invitation.Commit);
        Assert.Equal(owner.Entries, (await world.Relay.Accounts.PullAsync(
            invited, new PullAccountRequest { Account = owner.Id.ToByteString() }, default)).Entries);
        await RefusedAsync(FaultCode.NotAllowed, () => world.PullAsync(invited, circle.Id));

        var join = Join(world, circle, key, joiner);
        await PostAsync(world, invited, join, key);
        await PostAsync(world, invited, join, key);
        await world.PassAsync(TimeSpan.FromMilliseconds(100));
        Assert.Equal(KeyIds.OfInvite(key.PublicKey).ToByteString(), Assert.Single(stream.Seen, one => one.JoinWaiting is not null).JoinWaiting.Invite);
        Assert.Equal(1U, (await world.HeadsAsync(session)).JoinsWaiting);
        var other = Join(world, circle, key, await world.RegisterAsync());
        await RefusedAsync(FaultCode.Mailbox, () => PostAsync(world, invited, other, key));
        Assert.Equal(join, Assert.Single((await ListAsync(session)).Joins));

        await world.PushAsync(session, circle.Add(owner, joiner, Role.Editor, join.Proof));
        Assert.Empty((await ListAsync(session)).Joins);
        await RefusedAsync(FaultCode.Mailbox, () => world.Relay.Mailboxes.GetInvitationAsync(invited, default));
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(SignedProofs.InviteSession(Name, world.Nonce(), key)));
        var theirs = await world.OpenAsync(joiner);
        Assert.True((await world.HeadsAsync(theirs)).Heads.Single().Member);
        await RefusedAsync(FaultCode.NotAllowed, () => ListAsync(theirs));

        Task<ListJoinsResponse> ListAsync(Session by) =>
            world.Relay.Mailboxes.ListJoinsAsync(by, new ListJoinsRequest { Group = circle.Id.ToByteString() }, default);
    });

    [Fact]
    public void Finding_an_invitation_costs_one_commit_however_long_the_chain_is() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        for (var i = 0; i < 50; i++)
        {
            await world.PushAsync(session, circle.Put(owner));
        }

        var key = SigningKey.Create(world.Random);
        await world.PushAsync(session, circle.Invite(owner, key, Role.Editor));
        var opened = circle.Commits[^1];
        await world.PushAsync(session, circle.Put(owner));
        var invited = await world.OpenAsync(SignedProofs.InviteSession(Name, world.Nonce(), key));
        var before = world.Store.CommitsRead;
        Assert.Equal(opened, (await world.Relay.Mailboxes.GetInvitationAsync(invited, default)).Commit);
        Assert.Equal(0, world.Store.CommitsRead - before);
    });

    [Fact]
    public void A_proof_that_does_not_fit_is_refused() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var key = SigningKey.Create(world.Random);
        await world.PushAsync(session, circle.Invite(owner, key, Role.Editor));
        var invited = await world.OpenAsync(SignedProofs.InviteSession(Name, world.Nonce(), key));
        var joiner = await world.RegisterAsync();
        var join = Join(world, circle, key, joiner);
        join.SealedName = ByteString.CopyFrom(world.Random.Bytes(90));
        await RefusedAsync(FaultCode.InviteProof, () => PostAsync(world, invited, join, key));
        await RefusedAsync(FaultCode.InviteProof, () => PostAsync(world, invited, Join(world, circle, SigningKey.Create(world.Random), joiner), key));
        await RefusedAsync(FaultCode.InviteProof, () => PostAsync(world, invited, Join(world, circle, key, new Person(world.Random)), key));
        await RefusedAsync(FaultCode.Unauthenticated, () => PostAsync(world, invited, Join(world, circle, key, joiner), joiner.Device));
    });

    [Fact]
    public void A_reader_of_a_link_waits_for_its_step() => Run(async world =>
    {
        var mailbox = ByteString.CopyFrom(world.Random.Bytes(32));
        var waiting = ReadAsync(1);
        await world.PassAsync(TimeSpan.FromSeconds(3));
        Assert.False(waiting.IsCompleted);
        await PostAsync(1, "one");
        Assert.Equal("one", (await waiting).Box.ToStringUtf8());
        var patient = ReadAsync(2);
        await world.PassAsync(TimeSpan.FromSeconds(21));
        Assert.True((await patient).Box.IsEmpty);
        await RefusedAsync(FaultCode.Mailbox, () => PostAsync(3, "three"));
        await RefusedAsync(FaultCode.Mailbox, () => PostAsync(1, "other"));
        await world.PassAsync(TimeSpan.FromMinutes(5));
        await RefusedAsync(FaultCode.Mailbox, () => PostAsync(2, "two"));
        await RefusedAsync(FaultCode.Mailbox, () => ReadAsync(1));
        await RefusedAsync(FaultCode.BadRequest, () => ReadAsync(5));

        Task<GetLinkResponse> ReadAsync(uint step) => world.Relay.Mailboxes.GetLinkAsync(
            new GetLinkRequest { Mailbox = mailbox, Step = step }, default);
        Task<PostLinkResponse> PostAsync(uint step, string text) => world.Relay.Mailboxes.PostLinkAsync(
            "test", new PostLinkRequest { Mailbox = mailbox, Step = step, Box = ByteString.CopyFromUtf8(text) }, default);
    });

    private static JoinRequest Join(RelayWorld world, Circle circle, SigningKey key, Person joiner)
    {
        var name = world.Random.Bytes(90);
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
            SealedNameHash = ByteString.CopyFrom(JoinNames.HashOf(name)),
        };
        return new JoinRequest { Proof = SignedProofs.Join(body, key, joiner.Device), SealedName = ByteString.CopyFrom(name) };
    }

    private static Task<PostJoinResponse> PostAsync(RelayWorld world, Session invited, JoinRequest join, SigningKey signer) =>
        world.Relay.Mailboxes.PostJoinAsync(
            invited,
            new PostJoinRequest
            {
                Join = join,
                Proof = SignedProofs.Request(Name, world.Nonce(), "/vault.v1.MailboxService/PostJoin", join.ToByteArray(), null, null, signer),
            },
            default);
}
