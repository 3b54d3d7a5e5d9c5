using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>What a relay lost comes back from its members.</summary>
public sealed class RefillTests
{
    [Fact]
    public void Any_member_pushes_a_suffix_that_others_signed() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (_, theirs) = await world.AddAsync(session, owner, circle, Role.Viewer);
        var put = circle.Put(owner);
        await RefusedAsync(FaultCode.NotAllowed, () => world.PushAsync(theirs, put));
        var suffix = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { put.Commits } };
        suffix.Blobs.Add(put.Blobs);
        var taken = await SuffixAsync(world, theirs, suffix);
        Assert.Equal(PushOutcome.Accepted, taken.Outcome);
        Assert.Empty(taken.MissingBlobs);
        taken = await SuffixAsync(world, theirs, suffix);
        Assert.Equal(PushOutcome.Known, taken.Outcome);
        Assert.Empty(taken.MissingBlobs);
        Assert.Equal(PushOutcome.Known, (await world.PushAsync(session, put)).Outcome);
    });

    [Fact]
    public void A_suffix_brings_the_live_blobs_and_need_not_bring_superseded_ones() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var item = ItemId.Parse(world.Random.Bytes(16));
        var first = circle.Put(owner, item);
        var second = circle.Put(owner, item);
        var suffix = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { first.Commits, second.Commits } };
        await RefusedAsync(FaultCode.BadBlob, () => SuffixAsync(world, session, suffix));
        suffix.Blobs.Add(first.Blobs);
        await RefusedAsync(FaultCode.BadBlob, () => SuffixAsync(world, session, suffix));
        Assert.Equal(1UL, (await world.PullAsync(session, circle.Id)).Head.Seq);
        suffix.Blobs.Clear();
        suffix.Blobs.Add(second.Blobs);
        Assert.Equal(PushOutcome.Accepted, (await SuffixAsync(world, session, suffix)).Outcome);
    });

    [Fact]
    public void In_a_window_blobs_may_follow_and_the_answer_lists_them() => Run(
        async world =>
        {
            var owner = await world.RegisterAsync();
            var circle = new Circle(world.Random, owner);
            var put = circle.Put(owner);
            var session = await world.OpenAsync(owner);
            var refill = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } };
            Assert.Equal(BlobHashes.Of(circle.Blobs[0]).ToByteString(), Assert.Single((await SuffixAsync(world, session, refill)).MissingBlobs));
            refill.Blobs.Add(put.Blobs);
            var taken = await SuffixAsync(world, session, refill);
            Assert.Equal(PushOutcome.Known, taken.Outcome);
            Assert.Empty(taken.MissingBlobs);
        },
        options => options with { RecoveryWindow = true });

    [Fact]
    public void An_empty_relay_is_refilled_in_its_window_and_takes_nothing_new() => Run(
        async world =>
        {
            var (owner, other) = (await world.RegisterAsync(), await world.RegisterAsync());
            var circle = new Circle(world.Random, owner);
            circle.Add(owner, other, Role.Viewer);
            var item = ItemId.Parse(world.Random.Bytes(16));
            circle.Put(owner, item);
            circle.Put(owner, item);
            var session = await world.OpenAsync(other);
            await RefusedAsync(FaultCode.RecoveryWindow, () => world.PushAsync(session, circle.Push(circle.Commits.Take(2))));
            var refill = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } };
            refill.Blobs.Add(new Blob { Content = ByteString.CopyFrom(circle.Blobs[1]) });
            var taken = await SuffixAsync(world, session, refill);
            Assert.Equal(PushOutcome.Accepted, taken.Outcome);
            Assert.Empty(taken.MissingBlobs);
            Assert.Equal(circle.Commits, (await world.PullAsync(session, circle.Id)).Commits.Select(record => record.Commit));
            var mine = await world.OpenAsync(owner);
            await RefusedAsync(FaultCode.RecoveryWindow, () => world.PushAsync(mine, circle.Put(owner)));
        },
        options => options with { RecoveryWindow = true });

    [Fact]
    public void New_commits_do_not_pass_the_budget_as_a_suffix() => Run(
        async world =>
        {
            var (owner, session, circle) = await world.FoundAsync();
            await world.PushAsync(session, circle.Put(owner));
            var put = circle.Put(owner);
            var suffix = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { put.Commits }, Blobs = { put.Blobs } };
            await RefusedAsync(FaultCode.RateLimited, () => SuffixAsync(world, session, suffix));
        },
        options => options with { Limits = options.Limits with { CommitsPerMember = new(3, 0.001) } });

    [Fact]
    public void Outside_a_window_an_unknown_group_stays_unknown() => Run(async world =>
    {
        var owner = await world.RegisterAsync();
        var circle = new Circle(world.Random, owner);
        var session = await world.OpenAsync(owner);
        await RefusedAsync(FaultCode.UnknownGroup, () => SuffixAsync(
            world, session, new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } }));
    });

    [Fact]
    public void Strangers_refill_nothing() => Run(
        async world =>
        {
            var owner = await world.RegisterAsync();
            var circle = new Circle(world.Random, owner);
            var stranger = await world.OpenAsync(await world.RegisterAsync());
            await RefusedAsync(FaultCode.NotAllowed, () => SuffixAsync(
                world, stranger, new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } }));
        },
        options => options with { RecoveryWindow = true });

    [Fact]
    public void Who_was_added_by_a_commit_that_was_lost_gives_it_back_and_is_a_member_again() => Run(
        async world =>
        {
            var (owner, added) = (await world.RegisterAsync(), await world.RegisterAsync());
            var circle = new Circle(world.Random, owner);
            await SuffixAsync(world, await world.OpenAsync(owner), Refill());
            circle.Add(owner, added, Role.Viewer);
            circle.Put(owner);
            var theirs = await world.OpenAsync(added);
            var taken = await SuffixAsync(world, theirs, Refill());
            Assert.Equal((PushOutcome.Accepted, 3UL), (taken.Outcome, taken.Head.Seq));
            Assert.Equal(BlobHashes.Of(circle.Blobs[0]).ToByteString(), Assert.Single(taken.MissingBlobs));
            Assert.Equal(circle.Commits, (await world.PullAsync(theirs, circle.Id)).Commits.Select(record => record.Commit));

            PushSuffixRequest Refill() => new() { Group = circle.Id.ToByteString(), Commits = { circle.Commits } };
        },
        options => options with { RecoveryWindow = true });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_was_added_on_another_branch_or_brings_their_add_outside_a_window_hears_of_no_group(bool inWindow) => Run(
        async world =>
        {
            var (owner, added) = (await world.RegisterAsync(), await world.RegisterAsync());
            var session = await world.OpenAsync(owner);
            var circle = new Circle(world.Random, owner);
            if (inWindow)
            {
                circle.Put(owner);
                await SuffixAsync(world, session, new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } });
                circle.Rewind(1);
            }
            else
            {
                await world.PushAsync(session, circle.Push(circle.Commits));
            }

            circle.Add(owner, added, Role.Viewer);
            circle.Put(owner);
            var brought = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } };
            await RefusedAsync(FaultCode.UnknownGroup, async () => await SuffixAsync(world, await world.OpenAsync(added), brought));
            Assert.Equal(inWindow ? 2UL : 1UL, (await world.PullAsync(session, circle.Id)).Head.Seq);
        },
        options => options with { RecoveryWindow = inWindow });

    [Fact]
    public void Own_commits_cost_in_a_suffix_what_they_cost_in_pushes_and_those_of_others_are_given_back_at_once() => Run(
        async world =>
        {
            var (owner, session, circle) = await world.FoundAsync();
            var (_, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
            var suffix = new PushSuffixRequest { Group = circle.Id.ToByteString() };
            for (var i = 0; i < 5; i++)
            {
                var put = circle.Put(owner);
                suffix.Commits.Add(put.Commits);
                suffix.Blobs.Add(put.Blobs);
            }

            await RefusedAsync(FaultCode.RateLimited, () => SuffixAsync(world, session, suffix));
            Assert.Equal(PushOutcome.Accepted, (await SuffixAsync(world, theirs, suffix)).Outcome);
        },
        options => options with { Limits = options.Limits with { CommitsPerMember = new(6, 0.001) } });

    [Fact]
    public void A_suffix_of_more_own_commits_than_the_budget_holds_is_taken_when_nothing_of_it_is_spent() => Run(
        async world =>
        {
            var (owner, session, circle) = await world.FoundAsync();
            var suffix = new PushSuffixRequest { Group = circle.Id.ToByteString() };
            for (var i = 0; i < 8; i++)
            {
                var put = circle.Put(owner);
                suffix.Commits.Add(put.Commits);
                suffix.Blobs.Add(put.Blobs);
            }

            await world.PassAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(PushOutcome.Accepted, (await SuffixAsync(world, session, suffix)).Outcome);
            await RefusedAsync(FaultCode.RateLimited, () => world.PushAsync(session, circle.Put(owner)));
        },
        options => options with { Limits = options.Limits with { CommitsPerMember = new(4, 1) } });

    [Fact]
    public void A_former_member_is_not_told_which_blobs_a_refill_still_wants() => Run(
        async world =>
        {
            var (owner, member) = (await world.RegisterAsync(), await world.RegisterAsync());
            var (session, theirs) = (await world.OpenAsync(owner), await world.OpenAsync(member));
            var circle = new Circle(world.Random, owner);
            circle.Add(owner, member, Role.Editor);
            circle.Remove(owner, member, owner);
            var known = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } };
            circle.Put(owner);
            var all = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } };
            Assert.Single((await SuffixAsync(world, session, all)).MissingBlobs);
            var told = await SuffixAsync(world, theirs, known);
            Assert.Equal(PushOutcome.Known, told.Outcome);
            Assert.Empty(told.MissingBlobs);
            Assert.Single((await SuffixAsync(world, session, known)).MissingBlobs);
        },
        options => options with { RecoveryWindow = true });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stranger_who_gives_back_a_genesis_hears_what_they_would_hear_if_there_were_no_such_group(bool inWindow) => Run(
        async world =>
        {
            var owner = await world.RegisterAsync();
            var session = await world.OpenAsync(owner);
            var circle = new Circle(world.Random, owner);
            if (inWindow)
            {
                await SuffixAsync(world, session, new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } });
            }
            else
            {
                await world.PushAsync(session, circle.Push(circle.Commits));
            }

            var stranger = await world.OpenAsync(await world.RegisterAsync());
            var foreign = new Circle(world.Random, owner).Commits[0];
            var broken = new SignedEntry { Body = foreign.Body, Signatures = { circle.Commits[0].Signatures } };
            foreach (var genesis in new[] { foreign, broken })
            {
                var here = await HearsAsync(circle.Id);
                Assert.Equal(await HearsAsync(new GroupId(Hash32.Parse(world.Random.Bytes(32)))), here);

                async Task<(FaultCode AsSuffix, FaultCode AsPush)> HearsAsync(GroupId group)
                {
                    var suffix = new PushSuffixRequest { Group = group.ToByteString(), Commits = { genesis } };
                    var push = new PushRequest { Group = group.ToByteString(), Commits = { genesis } };
                    return ((await RefusedAsync(() => SuffixAsync(world, stranger, suffix))).Code,
                        (await RefusedAsync(() => world.PushAsync(stranger, push))).Code);
                }
            }
        },
        options => options with { RecoveryWindow = inWindow });

    [Fact]
    public void Staged_chunks_are_signed_by_the_device_and_a_commit_may_name_them() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var chunk = world.Random.Bytes(Limits.BlobBytesMin);
        var request = new PutBlobsRequest { Group = circle.Id.ToByteString(), Blobs = { new Blob { Content = ByteString.CopyFrom(chunk) } } };
        var hash = BlobHashes.Of(chunk);
        request.Proof = Proof(hash.ToArray(), owner.Sync);
        await RefusedAsync(FaultCode.Unauthenticated, () => world.Relay.Groups.PutBlobsAsync(session, request, default));
        request.Proof = Proof(new byte[32], owner.Device);
        await RefusedAsync(FaultCode.BadRequest, () => world.Relay.Groups.PutBlobsAsync(session, request, default));
        request.Proof = Proof(hash.ToArray(), owner.Device);
        await world.Relay.Groups.PutBlobsAsync(session, request, default);
        await RefusedAsync(FaultCode.BadNonce, () => world.Relay.Groups.PutBlobsAsync(session, request, default));
        var (put, blob) = circle.NewPut(ItemId.Parse(world.Random.Bytes(16)));
        put.Attachments.Add(new AttachmentChunk { Hash = hash.ToByteString(), Size = (uint)chunk.Length });
        Assert.Equal(PushOutcome.Accepted, (await world.PushAsync(session, circle.Push([circle.Commit(owner, body => body.Puts.Add(put))], blob))).Outcome);

        RequestProof Proof(byte[] content, Crypto.SigningKey by) => SignedProofs.Request(
            Name, world.Nonce(), "/vault.v1.GroupService/PutBlobs", content, owner.Id, owner.DeviceId, by);
    });

    [Fact]
    public void A_group_is_deleted_by_an_owner() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (viewer, _) = await world.AddAsync(session, owner, circle, Role.Viewer);
        await RefusedAsync(FaultCode.NotAllowed, () => DeleteAsync(viewer));
        await DeleteAsync(owner);
        await RefusedAsync(FaultCode.UnknownGroup, () => DeleteAsync(owner));
        await RefusedAsync(FaultCode.UnknownGroup, () => world.PullAsync(session, circle.Id));
        Assert.Empty((await world.HeadsAsync(session)).Heads);

        Task<DeleteGroupResponse> DeleteAsync(Person by) => world.Relay.Groups.DeleteAsync(
            new DeleteGroupRequest
            {
                Group = circle.Id.ToByteString(),
                Proof = SignedProofs.Request(
                    Name, world.Nonce(), "/vault.v1.GroupService/DeleteGroup", circle.Id.ToArray(), by.Id, by.DeviceId, by.Device),
            },
            default);
    });

    private static Task<PushSuffixResponse> SuffixAsync(RelayWorld world, Session session, PushSuffixRequest request) =>
        world.Relay.Push.PushSuffixAsync(session, request, default);
}
