using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Crypto.Proofs;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Stores;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

public sealed class PushTests
{
    [Fact]
    public void A_push_is_durable_and_pulled_back_byte_for_byte() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var pushed = await world.PushAsync(session, circle.Put(owner));
        Assert.Equal(PushOutcome.Accepted, pushed.Outcome);
        var page = await world.PullAsync(session, circle.Id, blobs: true);
        Assert.Equal(circle.Commits, page.Commits.Select(record => record.Commit));
        Assert.Equal(circle.Blobs[0], page.Commits[^1].Blobs[0].Content.ToByteArray());
        Assert.Equal(circle.State.Head.ToGroupHead(), page.Head);
        Assert.Equal(circle.Token, page.Token);
        Assert.False(page.More);
    });

    [Fact]
    public void The_same_push_again_is_known() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var put = circle.Put(owner);
        await world.PushAsync(session, put);
        var again = await world.PushAsync(session, put);
        Assert.Equal(PushOutcome.Known, again.Outcome);
        Assert.Equal(circle.State.Head.ToGroupHead(), again.Head);
        var tail = circle.Push([.. circle.Commits, circle.Put(owner).Commits[0]], [.. circle.Blobs]);
        Assert.Equal(PushOutcome.Accepted, (await world.PushAsync(session, tail)).Outcome);
        Assert.Equal(4, (await world.PullAsync(session, circle.Id)).Commits.Count);
    });

    [Fact]
    public void A_lost_race_answers_with_what_is_missing() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (put, blob) = circle.NewPut(ItemId.Parse(world.Random.Bytes(16)));
        var loser = circle.Push([circle.Draft(owner, body => body.Puts.Add(put))], blob);
        var winner = circle.Put(owner);
        var both = await Task.WhenAll(world.PushAsync(session, winner), world.PushAsync(session, loser));
        Assert.Equal(PushOutcome.Accepted, both[0].Outcome);
        Assert.Equal(PushOutcome.HeadMoved, both[1].Outcome);
        Assert.Equal(winner.Commits, both[1].Missing.Select(record => record.Commit));
        Assert.False(both[1].More);
        Assert.Equal(3, (await world.PullAsync(session, circle.Id)).Commits.Count);
    });

    [Fact]
    public void A_push_without_its_blob_is_refused_whole() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var head = circle.State.Head;
        var put = circle.Put(owner);
        put.Blobs.Clear();
        await RefusedAsync(FaultCode.BadBlob, () => world.PushAsync(session, put));
        put.Blobs.Add(new Blob { Content = ByteString.CopyFrom(world.Random.Bytes(Limits.BlobBytesMin)) });
        await RefusedAsync(FaultCode.BadBlob, () => world.PushAsync(session, put));
        Assert.Equal(head.ToGroupHead(), (await world.PullAsync(session, circle.Id)).Head);
    });

    [Fact]
    public void What_breaks_a_rule_is_refused_with_chain_seq_and_author() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var entry = circle.Draft(owner, body => body.RotateNothing());
        var fault = await RefusedAsync(() => world.PushAsync(session, circle.Push([entry])));
        Assert.Equal(FaultCode.EmptyEntry, fault.Code);
        Assert.Equal(circle.Id.Value, fault.Chain);
        Assert.Equal(2UL, fault.Seq);
        Assert.Equal(owner.Id, fault.Author);
    });

    [Fact]
    public void Strangers_learn_nothing_and_push_nothing() => Run(async world =>
    {
        var (owner, _, circle) = await world.FoundAsync();
        var stranger = await world.OpenAsync(await world.RegisterAsync());
        await RefusedAsync(FaultCode.UnknownGroup, () => world.PullAsync(stranger, circle.Id));
        await RefusedAsync(FaultCode.UnknownGroup, () => world.PushAsync(stranger, circle.Put(owner)));
        await RefusedAsync(FaultCode.UnknownGroup, () => world.PullAsync(stranger, new GroupId(Hash32.Parse(world.Random.Bytes(32)))));
        Assert.Empty((await world.HeadsAsync(stranger)).Heads);
    });

    [Fact]
    public void A_stranger_hears_of_bytes_without_a_place_what_it_would_hear_if_there_were_no_such_group() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        await world.PushAsync(session, circle.Put(owner));
        var stranger = await world.OpenAsync(await world.RegisterAsync());
        var none = new GroupId(Hash32.Parse(world.Random.Bytes(32)));
        var last = GroupBody.Parser.ParseFrom(circle.Commits[^1].Body);
        foreach (var body in new[] { ByteString.CopyFrom(1, 2, 3), Misplaced(last, 0), Misplaced(last, 1), Misplaced(last, 3), Misplaced(last, 9) })
        {
            var entry = new SignedEntry { Body = body, Signatures = { circle.Commits[^1].Signatures } };
            var request = circle.Push([entry]);
            request.Group = none.ToByteString();
            Assert.Equal(await RefusedAsync(() => world.PushAsync(stranger, request)), await RefusedAsync(() => world.PushAsync(stranger, circle.Push([entry]))));
        }

        // A member hears at which place that is wrong, so the rows above compare something.
        var garbage = new SignedEntry { Body = ByteString.CopyFrom(1, 2, 3), Signatures = { circle.Commits[^1].Signatures } };
        Assert.Equal(3UL, (await RefusedAsync(() => world.PushAsync(session, circle.Push([garbage])))).Seq);

        // A genesis of another group, which a relay without this one would have read.
        var other = new Circle(world.Random, owner);
        Assert.Equal(FaultCode.WrongChain, (await RefusedAsync(() => world.PushAsync(stranger, circle.Push([other.Commits[0]])))).Code);
    });

    [Fact]
    public void A_removed_member_who_pushes_far_ahead_hears_of_no_later_head() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (member, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
        await world.PushAsync(session, circle.Remove(owner, member, owner));
        var ended = circle.State.Head;
        await world.PushAsync(session, circle.Put(owner));
        var ahead = circle.Draft(owner, body => body.Seq += 5);
        Assert.Equal(ended.ToGroupHead(), (await world.PushAsync(theirs, circle.Push([ahead]))).Head);
        Assert.Equal(circle.State.Head.ToGroupHead(), (await world.PushAsync(session, circle.Push([ahead]))).Head);
    });

    [Fact]
    public void A_removed_member_who_names_a_place_without_knowing_it_hears_the_same_wherever_it_is() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (member, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
        await world.PushAsync(session, circle.Remove(owner, member, owner));
        var ended = circle.State.Head;
        await world.PushAsync(session, circle.Put(owner));
        await world.PushAsync(session, circle.Put(owner));
        var last = GroupBody.Parser.ParseFrom(circle.Commits[^1].Body);
        foreach (var prev in new[] { ByteString.CopyFrom(world.Random.Bytes(32)), ByteString.CopyFrom(1) })
        {
            // Up to one beyond the head there would be something to compare with; halving would find the head.
            foreach (var seq in new[] { ended.Seq + 2, circle.State.Head.Seq + 1, circle.State.Head.Seq + 2 })
            {
                var told = await world.PushAsync(theirs, circle.Push([Placed(last, seq, prev)]));
                Assert.Equal((PushOutcome.HeadMoved, ended.ToGroupHead(), false), (told.Outcome, told.Head, told.More));
            }
        }
    });

    [Fact]
    public void Oversized_requests_are_refused() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var put = circle.Put(owner);
        put.Blobs[0].Content = ByteString.CopyFrom(new byte[Limits.BlobBytesMax + 1]);
        await RefusedAsync(FaultCode.BadBlob, () => world.PushAsync(session, put));
        put.Blobs.Add(Enumerable.Repeat(new Blob { Content = ByteString.CopyFrom(new byte[1 << 20]) }, 4));
        await RefusedAsync(FaultCode.TooLarge, () => world.PushAsync(session, put));
        await RefusedAsync(FaultCode.BadRequest, () => world.PushAsync(session, circle.Push(Enumerable.Repeat(circle.Commits[0], 17))));
    });

    [Fact]
    public void A_removed_member_reads_the_commit_that_removed_it_and_nothing_after() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var (member, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
        await world.PushAsync(session, circle.Remove(owner, member, owner));
        var ended = circle.State.Head;
        await world.PushAsync(session, circle.Put(owner));
        var page = await world.PullAsync(theirs, circle.Id, blobs: true);
        Assert.Equal(ended.ToGroupHead(), page.Head);
        Assert.Equal(circle.Commits[^2], page.Commits[^1].Commit);
        Assert.False(page.More);
        var heads = await world.HeadsAsync(theirs);
        Assert.Equal(ended.ToGroupHead(), heads.Heads[0].Head);
        Assert.False(heads.Heads[0].Member);
        await RefusedAsync(FaultCode.UnknownGroup, () => world.Relay.Groups.GetBlobsAsync(
            theirs, new GetBlobsRequest { Group = circle.Id.ToByteString(), Hashes = { BlobHashes.Of(circle.Blobs[0]).ToByteString() } }, default));
    });

    [Fact]
    public void Tokens_that_are_none_or_foreign_have_their_own_faults() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        await RefusedAsync(FaultCode.BadToken, () => world.PullAsync(session, circle.Id, circle.Token.Span[..72].ToArray().ToByteString()));
        var other = new ChangeToken(new GroupId(Hash32.Parse(world.Random.Bytes(32))), circle.State.Head).ToByteString();
        await RefusedAsync(FaultCode.ForeignToken, () => world.PullAsync(session, circle.Id, other));
        var fork = new ChangeToken(circle.Id, circle.State.Head with { Id = EntryId.Parse(world.Random.Bytes(32)) }).ToByteString();
        await RefusedAsync(FaultCode.ForeignToken, () => world.PullAsync(session, circle.Id, fork));
        var later = new ChangeToken(circle.Id, circle.State.Head with { Seq = 9 }).ToByteString();
        await RefusedAsync(FaultCode.ForeignToken, () => world.PullAsync(session, circle.Id, later));
        await world.PushAsync(session, circle.Put(owner));
        Assert.Single((await world.PullAsync(session, circle.Id, new ChangeToken(circle.Id, new ChainHead(1, EntryIdOf(circle, 1))).ToByteString())).Commits);
    });

    [Fact]
    public void A_page_follows_on_the_newest_known_head_that_stands_here_and_brings_blobs_only_after_the_newest() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        for (var i = 0; i < 6; i++)
        {
            await world.PushAsync(session, circle.Put(owner));
        }

        ChainHead At(int seq) => new((ulong)seq, EntryIdOf(circle, seq));
        var foreign = At(7) with { Id = EntryId.Parse(world.Random.Bytes(32)) };
        var newest = await PullAsync(At(5), At(3), At(0));
        Assert.Equal(At(5).ToGroupHead(), newest.After);
        Assert.Equal(circle.Commits.Skip(6), newest.Commits.Select(record => record.Commit));
        Assert.All(newest.Commits, record => Assert.NotEmpty(record.Blobs));

        var older = await PullAsync(foreign, At(3), At(0));
        Assert.Equal(At(3).ToGroupHead(), older.After);
        Assert.Equal(circle.Commits.Skip(4), older.Commits.Select(record => record.Commit));
        Assert.All(older.Commits, record => Assert.Empty(record.Blobs));
        Assert.Equal(circle.Token, older.Token);

        var none = await PullAsync(foreign);
        Assert.Null(none.After);
        Assert.Equal(circle.Commits, none.Commits.Select(record => record.Commit));
        await RefusedAsync(FaultCode.BadRequest, () => PullAsync([.. Enumerable.Repeat(At(1), 65)]));

        Task<PullResponse> PullAsync(params ChainHead[] known)
        {
            var request = new PullRequest { Group = circle.Id.ToByteString(), InlineBlobs = true };
            request.Known.Add(known.Select(head => head.ToGroupHead()));
            return world.Relay.Groups.PullAsync(session, request, default);
        }
    });

    [Fact]
    public void The_relay_collects_what_was_superseded_by_itself_when_its_policy_says_so_and_not_before() => Run(
        async world =>
        {
            var (owner, session, circle) = await world.FoundAsync();
            var item = ItemId.Parse(world.Random.Bytes(16));
            await world.PushAsync(session, circle.Put(owner, item));
            await world.PushAsync(session, circle.Put(owner, item));
            await world.PassAsync(TimeSpan.FromSeconds(55));
            Assert.Equal(2, (await BlobsAsync()).Blobs.Count);
            await world.PassAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(circle.Blobs[1], Assert.Single((await BlobsAsync()).Blobs).Content.ToByteArray());

            Task<GetBlobsResponse> BlobsAsync() => world.Relay.Groups.GetBlobsAsync(
                session,
                new GetBlobsRequest { Group = circle.Id.ToByteString(), Hashes = { circle.Blobs.Select(blob => BlobHashes.Of(blob).ToByteString()) } },
                default);
        },
        options => options with
        {
            Limits = options.Limits with { SupersededLifetime = TimeSpan.FromSeconds(60), PruneInterval = TimeSpan.FromSeconds(10) },
        });

    [Fact]
    public void A_superseded_blob_is_kept_for_thirty_days() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        var item = ItemId.Parse(world.Random.Bytes(16));
        await world.PushAsync(session, circle.Put(owner, item));
        await world.PushAsync(session, circle.Put(owner, item));
        await world.PassAsync(TimeSpan.FromMinutes(5));
        await world.Store.WriteAsync(Prune(world.Time.GetUtcNow() - TimeSpan.FromDays(30)), default);
        Assert.Equal(2, (await BlobsAsync()).Blobs.Count);
        await world.Store.WriteAsync(Prune(world.Time.GetUtcNow()), default);
        var after = await BlobsAsync();
        Assert.Equal(circle.Blobs[1], Assert.Single(after.Blobs).Content.ToByteArray());
        Assert.Single(after.Absent);

        Task<GetBlobsResponse> BlobsAsync() => world.Relay.Groups.GetBlobsAsync(
            session,
            new GetBlobsRequest { Group = circle.Id.ToByteString(), Hashes = { circle.Blobs.Select(blob => BlobHashes.Of(blob).ToByteString()) } },
            default);
    });

    [Fact]
    public void A_full_disk_acknowledges_nothing() => Run(async world =>
    {
        var (owner, session, circle) = await world.FoundAsync();
        world.Store.BeforeWrite = _ => throw new StoreUnavailableException("The disk or database is full.");
        var put = circle.Put(owner);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => world.PushAsync(session, put));
        await world.PassAsync(TimeSpan.FromSeconds(6));
        await RefusedAsync(FaultCode.StoreUnavailable, () => world.HeadsAsync(session));
        world.Store.BeforeWrite = null;
        await world.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(PushOutcome.Accepted, (await world.PushAsync(session, put)).Outcome);
        Assert.Equal(circle.State.Head.ToGroupHead(), (await world.HeadsAsync(session)).Heads[0].Head);
    });

    [Fact]
    public void One_member_cannot_starve_the_others() => Run(
        async world =>
        {
            var (owner, session, circle) = await world.FoundAsync();
            await world.PushAsync(session, circle.Put(owner));
            var fault = await RefusedAsync(() => world.PushAsync(session, circle.Put(owner)));
            Assert.Equal(FaultCode.RateLimited, fault.Code);
            Assert.NotNull(fault.RetryAfter);
        },
        options => options with { Limits = options.Limits with { CommitsPerMember = new(3, 0.001) } });

    [Fact]
    public void Commits_whose_head_moves_while_they_are_compared_cost_what_all_cost() => Run(
        async world =>
        {
            var (owner, session, circle) = await world.FoundAsync();
            var known = circle.Commits[^1];
            var first = circle.Put(owner);
            List<PushRequest> more = [.. Enumerable.Range(0, 5).Select(_ => circle.Put(owner))];
            world.Store.BeforeReadFor = () =>
            {
                world.Store.BeforeReadFor = null;
                return world.PushAsync(session, first);
            };
            var late = circle.Push([known, .. first.Commits, .. more.SelectMany(put => put.Commits)]);
            late.Blobs.Add(more.SelectMany(put => put.Blobs));
            await RefusedAsync(FaultCode.RateLimited, () => world.PushAsync(session, late));
        },
        options => options with { Limits = options.Limits with { CommitsPerMember = new(6, 0.001) } });

    [Fact]
    public void An_editor_who_fills_a_group_leaves_room_to_be_removed_and_to_write_on() => Run(
        async world =>
        {
            var (owner, session, circle) = await world.FoundAsync();
            var (editor, theirs) = await world.AddAsync(session, owner, circle, Role.Editor);
            var head = circle.State.Head.Seq;
            var fault = await FillAsync(world, theirs, circle, editor);
            Assert.Equal(FaultCode.Quota, fault.Code);
            Assert.True(circle.State.Head.Seq > head + 4);
            await RefusedAsync(FaultCode.Quota, () => StageAsync(world, theirs, circle, editor));

            // What an owner signed before stands in the way of nothing: it is taken, and the removal after it.
            var signed = circle.Put(owner, blobBytes: Limits.BlobBytesMax);
            Assert.Equal(PushOutcome.Accepted, (await world.PushAsync(session, signed)).Outcome);
            Assert.Equal(PushOutcome.Accepted, (await world.PushAsync(session, circle.Remove(owner, editor, owner))).Outcome);
            Assert.Equal(FaultCode.Quota, (await FillAsync(world, session, circle, owner)).Code);
        },
        options => options with { Limits = options.Limits with { GroupBytes = 16 << 20 } });

    // Puts of the largest size until one is refused.
    private static async Task<Fault> FillAsync(RelayWorld world, Session session, Circle circle, Person author)
    {
        while (true)
        {
            var put = circle.Put(author, blobBytes: Limits.BlobBytesMax);
            try
            {
                await world.PushAsync(session, put);
            }
            catch (RelayFaultException refused)
            {
                circle.Rewind(circle.State.Head.Seq - 1);
                return refused.Fault;
            }
        }
    }

    private static Task StageAsync(RelayWorld world, Session session, Circle circle, Person by)
    {
        var chunk = world.Random.Bytes(Limits.BlobBytesMax);
        return world.Relay.Groups.PutBlobsAsync(
            session,
            new PutBlobsRequest
            {
                Group = circle.Id.ToByteString(),
                Blobs = { new Blob { Content = ByteString.CopyFrom(chunk) } },
                Proof = SignedProofs.Request(
                    Name, world.Nonce(), "/vault.v1.GroupService/PutBlobs", BlobHashes.Of(chunk).ToArray(), by.Id, by.DeviceId, by.Device),
            },
            default);
    }

    private static SignedEntry Placed(GroupBody body, ulong seq, ByteString prev)
    {
        var placed = body.Clone();
        placed.Seq = seq;
        placed.Prev = prev;
        return new SignedEntry { Body = placed.ToByteString(), Signatures = { ByteString.CopyFrom(new byte[64]) } };
    }

    // Its predecessor's id is none.
    private static ByteString Misplaced(GroupBody body, ulong seq)
    {
        var misplaced = body.Clone();
        misplaced.Seq = seq;
        misplaced.Prev = ByteString.CopyFrom(1);
        return misplaced.ToByteString();
    }

    private static StoreWrite.Prune Prune(DateTimeOffset at) => new(DateTimeOffset.UnixEpoch, at, DateTimeOffset.UnixEpoch);

    private static EntryId EntryIdOf(Circle circle, int seq)
    {
        var id = new EntryId(Hash32.Zero);
        foreach (var commit in circle.Commits.Take(seq + 1))
        {
            id = Core.Chains.EntryIds.OfGroupCommit(id, commit);
        }

        return id;
    }
}

internal static class Wrong
{
    /// <summary>A commit that changes nothing.</summary>
    public static void RotateNothing(this GroupBody body) => body.Note = null;

    public static ByteString ToByteString(this byte[] bytes) => ByteString.CopyFrom(bytes);
}
