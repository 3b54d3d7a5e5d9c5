using Google.Protobuf;
using Vault.Core;
using Vault.Core.Accounts;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>An account that a relay lost comes back from whoever holds its chain, and never as less than what stands.</summary>
public sealed class RefillAccountTests
{
    [Fact]
    public void A_lost_account_is_given_back_in_a_window_whatever_registration_says_and_in_no_other_time()
    {
        Run(
            async world =>
            {
                var person = new Person(world.Random);
                Assert.Empty((await RefillAsync(world, person)).MissingLockers);
                Assert.Empty((await RefillAsync(world, person)).MissingLockers);
                await world.OpenAsync(person);
            },
            options => options with { Registration = Registration.Closed, RecoveryWindow = true });
        Run(
            async world => await RefusedAsync(FaultCode.UnknownAccount, () => RefillAsync(world, new Person(world.Random))),
            options => options with { Registration = Registration.Open });
    }

    [Fact]
    public void What_stands_is_only_extended_so_a_revoked_device_stays_revoked() => Run(
        async world =>
        {
            var person = new Person(world.Random);
            var (phone, sync) = (SigningKey.Create(world.Random), SigningKey.Create(world.Random));
            person.AddDevice(phone, sync);
            var thief = KeyIds.OfDevice(phone.PublicKey);

            // The thief of the phone is the first to return.
            var old = Request(person);
            await world.Relay.Accounts.RefillAsync("thief", old, default);
            var session = await world.OpenAsync(person, thief, sync);
            person.Revoke(thief);
            await RefillAsync(world, person);
            Assert.Equal(FaultCode.SessionRevoked, Assert.Throws<RelayFaultException>(session.Admit).Fault.Code);
            await world.Relay.Accounts.RefillAsync("thief", old, default);
            await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(person, thief, sync));
            var page = await world.Relay.Accounts.PullAsync(await world.OpenAsync(person), new PullAccountRequest { Account = person.Id.ToByteString() }, default);
            Assert.Equal(person.Entries, page.Entries);
        },
        options => options with { RecoveryWindow = true });

    [Fact]
    public void Another_branch_is_refused_and_so_are_entries_that_the_rules_refuse() => Run(
        async world =>
        {
            var person = await world.RegisterAsync();
            var fork = Request(person);
            var (login, auth) = person.CreateLogin();
            fork.Entries[1] = AccountEntries.SetLogin(AccountRules.Found(person.Entries[0]).Value, person.Identity, login, [auth]);
            await RefusedAsync(FaultCode.HeadMoved, () => world.Relay.Accounts.RefillAsync("test", fork, default));
            var forged = Request(new Person(world.Random));
            forged.Entries[1].Signatures[0] = ByteString.CopyFrom(new byte[64]);
            await RefusedAsync(FaultCode.BadSignature, () => world.Relay.Accounts.RefillAsync("test", forged, default));
            forged.Entries.RemoveAt(1);
            await RefusedAsync(FaultCode.BadRequest, () => world.Relay.Accounts.RefillAsync("test", forged, default));
        },
        options => options with { RecoveryWindow = true });

    [Fact]
    public void Locker_parts_may_follow_in_a_window_and_the_poll_asks_for_them() => Run(
        async world =>
        {
            var person = new Person(world.Random);
            var bare = Request(person);
            bare.LockerBlobs.Clear();
            Assert.Equal(3, (await world.Relay.Accounts.RefillAsync("test", bare, default)).MissingLockers.Count);
            var session = await world.OpenAsync(person);
            Assert.True((await world.HeadsAsync(session)).WantsLocker);
            bare.LockerBlobs.Add(ByteString.CopyFrom(person.LockerBlobs[1]));
            Assert.Equal(2, (await world.Relay.Accounts.RefillAsync("test", bare, default)).MissingLockers.Count);
            Assert.Empty((await RefillAsync(world, person)).MissingLockers);
            Assert.False((await world.HeadsAsync(session)).WantsLocker);
            var locker = await world.Relay.Accounts.GetLockerAsync(session, new GetLockerRequest { Account = person.Id.ToByteString() }, default);
            Assert.Equal(3, locker.LockerBlobs.Count);
        },
        options => options with { RecoveryWindow = true });

    [Fact]
    public void Outside_a_window_a_known_account_is_extended_with_its_locker_or_not_at_all() => Run(async world =>
    {
        var person = await world.RegisterAsync();
        var (phone, sync) = (SigningKey.Create(world.Random), SigningKey.Create(world.Random));
        person.AddDevice(phone, sync);
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(person, KeyIds.OfDevice(phone.PublicKey), sync));
        await RefillAsync(world, person);
        await world.OpenAsync(person, KeyIds.OfDevice(phone.PublicKey), sync);
        person.Revoke(KeyIds.OfDevice(phone.PublicKey));
        var bare = Request(person);
        bare.LockerBlobs.Clear();
        await RefusedAsync(FaultCode.BadBlob, () => world.Relay.Accounts.RefillAsync("test", bare, default));
    });

    [Fact]
    public void A_group_that_is_given_back_brings_its_members_accounts_and_with_them_who_was_revoked() => Run(
        async world =>
        {
            var (owner, member) = (new Person(world.Random), new Person(world.Random));
            var (phone, sync) = (SigningKey.Create(world.Random), SigningKey.Create(world.Random));
            member.AddDevice(phone, sync);
            var old = Request(member);
            var circle = new Circle(world.Random, owner);
            circle.Add(owner, member, Role.Editor);
            var anchored = member.Entries.Count;
            member.Revoke(KeyIds.OfDevice(phone.PublicKey));
            circle.Commit(owner, body => body.ReAnchors.Add(new ReAnchor { Account = member.Id.ToByteString(), Entries = { member.Entries.Skip(anchored) } }));
            await RefillAsync(world, owner);
            var session = await world.OpenAsync(owner);
            await world.Relay.Push.PushSuffixAsync(session, new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } }, default);

            // The member was not here yet, the thief of the phone comes first, and finds the door closed.
            await world.Relay.Accounts.RefillAsync("thief", old, default);
            await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(member, KeyIds.OfDevice(phone.PublicKey), sync));
            await world.OpenAsync(member);
        },
        options => options with { RecoveryWindow = true });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_new_locker_may_follow_its_entry_only_in_a_window_and_only_from_a_device(bool isOpen) => Run(
        async world =>
        {
            var person = new Person(world.Random);
            _ = isOpen ? (object)await RefillAsync(world, person) : await world.Relay.Accounts.RegisterAsync(person.Registration(), default);
            var device = await world.OpenAsync(person);
            var locker = await world.OpenAsync(SignedProofs.LockerSession(Name, world.Nonce(), person.Auth));
            var (phone, sync) = (SigningKey.Create(world.Random), SigningKey.Create(world.Random));
            await world.Relay.Accounts.PushAsync(device, person.Push(person.AddDevice(phone, sync)), default);
            var bare = person.Revoke(KeyIds.OfDevice(phone.PublicKey));
            bare.LockerBlobs.Clear();
            await RefusedAsync(isOpen ? FaultCode.RecoveryWindow : FaultCode.BadBlob, () => world.Relay.Accounts.PushAsync(locker, bare, default));
            if (isOpen)
            {
                await world.Relay.Accounts.PushAsync(device, bare, default);
            }
            else
            {
                await RefusedAsync(FaultCode.BadBlob, () => world.Relay.Accounts.PushAsync(device, bare, default));
            }
        },
        options => options with { RecoveryWindow = isOpen });

    [Fact]
    public void Outside_a_window_a_suffix_brings_nobodys_account() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var stranger = new Person(world.Random);
        var add = circle.Add(owner, stranger, Role.Editor);
        await world.Relay.Push.PushSuffixAsync(session, new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { add.Commits } }, default);
        await RefusedAsync(FaultCode.Unauthenticated, () => world.OpenAsync(stranger));
    });

    [Fact]
    public void One_address_gives_back_so_many_accounts_and_no_more() => Run(
        async world =>
        {
            await RefillAsync(world, new Person(world.Random));
            await RefillAsync(world, new Person(world.Random));
            await RefusedAsync(FaultCode.RateLimited, () => RefillAsync(world, new Person(world.Random)));
            await world.Relay.Accounts.RefillAsync("another", Request(new Person(world.Random)), default);
        },
        options => options with { RecoveryWindow = true, Limits = options.Limits with { RefillsPerPeer = new(2, 0.001) } });

    [Fact]
    public void A_former_member_gives_back_no_more_than_they_could_read() => Run(
        async world =>
        {
            var (owner, member) = (new Person(world.Random), new Person(world.Random));
            await RefillAsync(world, owner);
            await RefillAsync(world, member);
            var circle = new Circle(world.Random, owner);
            circle.Add(owner, member, Role.Editor);
            circle.Remove(owner, member, owner);
            circle.Put(owner);
            var theirs = await world.OpenAsync(member);
            await RefusedAsync(FaultCode.NotAllowed, () => SuffixAsync(theirs, 5));
            Assert.Equal(2UL, (await SuffixAsync(theirs, 3)).Head.Seq);

            // The commit that ended the membership may be known to nobody else: a leave that no member has read yet.
            await RefusedAsync(FaultCode.NotAllowed, () => SuffixAsync(theirs, 5));
            var ended = await SuffixAsync(theirs, 4);
            Assert.Equal((PushOutcome.Accepted, 3UL), (ended.Outcome, ended.Head.Seq));
            Assert.Empty(ended.MissingBlobs);
            Assert.Equal(4UL, (await SuffixAsync(await world.OpenAsync(owner), 5)).Head.Seq);
            Assert.Equal(3UL, (await world.PullAsync(theirs, circle.Id)).Head.Seq);

            Task<PushSuffixResponse> SuffixAsync(Session session, int count) => world.Relay.Push.PushSuffixAsync(
                session, new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits.Take(count) } }, default);
        },
        options => options with { RecoveryWindow = true });

    private static Task<RefillAccountResponse> RefillAsync(RelayWorld world, Person person) =>
        world.Relay.Accounts.RefillAsync("test", Request(person), default);

    private static RefillAccountRequest Request(Person person)
    {
        var request = new RefillAccountRequest();
        request.Entries.Add(person.Entries);
        request.LockerBlobs.Add(person.LockerBlobs.Select(blob => ByteString.CopyFrom(blob)));
        return request;
    }
}
