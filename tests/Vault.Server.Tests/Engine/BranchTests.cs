using Google.Protobuf;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayFiles;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Engine;

/// <summary>In a recovery window a suffix that leaves the chain is kept beside it, for the operator to pick.</summary>
public sealed class BranchTests : IDisposable
{
    private readonly RelayFiles _files = new();

    [Fact]
    public void Of_two_suffixes_in_one_window_the_first_stands_and_the_second_is_kept_listed_and_picked()
    {
        Sides sides = null!;
        _files.Relay(async world =>
        {
            sides = await Sides.MakeAsync(world);
            Assert.Equal(PushOutcome.Accepted, (await BringAsync(world, sides.Anns, sides.First)).Outcome);
            var head = (await world.PullAsync(sides.Anns, sides.Group)).Head;
            var kept = await BringAsync(world, sides.Bens, sides.Second);
            Assert.Equal((PushOutcome.Kept, head), (kept.Outcome, kept.Head));
            Assert.Empty(kept.MissingBlobs);

            // Nothing that the relay serves has changed.
            Assert.Equal(head, (await world.PullAsync(sides.Bens, sides.Group)).Head);
        });
        var file = Assert.Single(Brought());
        Assert.True(IsPrivate(file));
        Assert.Contains(
            $"{file}: group {sides.Group}, 3 commits, 3 blobs, from {sides.Fork + 1} on, brought in a recovery window\n",
            Expect(0, "branches", "--data", _files.Data), StringComparison.Ordinal);
        Assert.Contains("A branch that a member brought waits", _files.Check(), StringComparison.Ordinal);
        Assert.Contains("A branch that a member brought waits", Expect(0, "window", "close", "--data", _files.Data), StringComparison.Ordinal);

        Expect(0, "pick", "--data", _files.Data, "--from", file, "--yes");
        Assert.DoesNotContain("waits", _files.Check(), StringComparison.Ordinal);
        var listed = Expect(0, "branches", "--data", _files.Data);
        Assert.Contains("brought in a recovery window, stands\n", listed, StringComparison.Ordinal);
        var cut = Assert.Single(Directory.GetFiles(_files.Data, "cut-*"));
        Assert.Contains($"{cut}: group {sides.Group}, 2 commits, 2 blobs, from {sides.Fork + 1} on, cut off\n", listed, StringComparison.Ordinal);
        _files.Relay(async world =>
        {
            var session = await world.OpenAsync(sides.Ben);
            var page = await world.PullAsync(session, sides.Group, blobs: true);
            Assert.Equal(sides.Second.Commits, page.Commits.Skip((int)sides.Fork + 1).Select(record => record.Commit));
            Assert.Equal(sides.Second.Blobs, page.Commits.Skip((int)sides.Fork + 1).SelectMany(record => record.Blobs));
        });

        // What stood first can be picked back.
        Expect(0, "pick", "--data", _files.Data, "--from", cut, "--yes");
        Assert.Contains($"1 groups with {sides.Fork + 3} commits", _files.Check(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_branch_comes_in_as_many_calls_as_it_takes_and_from_whomever_of_its_side_in_one_file() => _files.Relay(async world =>
    {
        var sides = await Sides.MakeAsync(world);
        await BringAsync(world, sides.Anns, sides.First);
        var (commits, blobs) = (sides.Second.Commits, sides.Second.Blobs);
        var told = await BringAsync(world, sides.Bens, Suffix(sides.Group, commits.Take(1)));
        Assert.Equal((PushOutcome.Kept, HashOf(blobs[0])), (told.Outcome, Assert.Single(told.MissingBlobs)));

        // What nothing names, and what is no longer named at the end, is not kept.
        told = await BringAsync(world, sides.Bens, Suffix(sides.Group, commits.Take(1), [.. blobs]));
        Assert.Empty(told.MissingBlobs);
        told = await BringAsync(world, sides.Bens, Suffix(sides.Group, commits.Skip(1), blobs[1]));
        Assert.Equal((PushOutcome.Kept, HashOf(blobs[2])), (told.Outcome, Assert.Single(told.MissingBlobs)));

        // A relay that starts again knows them, and another of the same side adds what is lacking.
        await world.StopAsync();
        await world.StartAsync();
        world.Relay.Window.Open(DateTimeOffset.MaxValue);
        var viewer = await world.OpenAsync(sides.Viewer);
        told = await BringAsync(world, viewer, Suffix(sides.Group, commits));
        Assert.Equal(HashOf(blobs[2]), Assert.Single(told.MissingBlobs));
        told = await BringAsync(world, viewer, Suffix(sides.Group, commits.Skip(2), blobs[2]));
        Assert.Empty(told.MissingBlobs);
        var file = Assert.Single(Brought());
        var bytes = new FileInfo(file).Length;
        var whole = Suffix(sides.Group, [.. sides.Before, .. commits], [.. blobs]);
        told = await BringAsync(world, await world.OpenAsync(sides.Ben), whole);
        Assert.Equal(PushOutcome.Kept, told.Outcome);
        Assert.Equal(bytes, new FileInfo(Assert.Single(Brought())).Length);
        Assert.Contains("3 commits, 3 blobs", Expect(0, "branches", "--data", _files.Data), StringComparison.Ordinal);
    });

    [Fact]
    public void Outside_a_window_nothing_is_kept() => _files.Relay(async world =>
    {
        var sides = await Sides.MakeAsync(world);
        await BringAsync(world, sides.Anns, sides.First);
        world.Relay.Window.Close();
        Assert.Equal(PushOutcome.HeadMoved, (await BringAsync(world, sides.Bens, sides.Second)).Outcome);
        Assert.Empty(Brought());
        world.Relay.Window.Open(DateTimeOffset.MaxValue);
        await BringAsync(world, sides.Bens, Suffix(sides.Group, sides.Second.Commits.Take(1)));
        world.Relay.Window.Close();
        Assert.Equal(PushOutcome.HeadMoved, (await BringAsync(world, sides.Bens, sides.Second)).Outcome);
        Assert.Contains("1 commits, 0 blobs", Expect(0, "branches", "--data", _files.Data), StringComparison.Ordinal);
    });

    [Fact]
    public void What_is_no_valid_branch_of_a_member_is_refused() => _files.Relay(async world =>
    {
        var sides = await Sides.MakeAsync(world);
        await BringAsync(world, sides.Anns, sides.First);
        var stranger = await world.OpenAsync(await world.RegisterAsync());
        await RefusedAsync(FaultCode.UnknownGroup, () => BringAsync(world, stranger, sides.Second));

        var forged = sides.Second.Clone();
        forged.Commits[^1].Signatures[0] = ByteString.CopyFrom(new byte[64]);
        await RefusedAsync(FaultCode.BadSignature, () => BringAsync(world, sides.Bens, forged));

        // A viewer's put, and a branch at whose end its bringer is no member any more.
        var put = sides.Circle.NewPut(ItemId.Parse(world.Random.Bytes(16))).Put;
        var usurped = sides.Circle.Draft(sides.Viewer, body => body.Puts.Add(put));
        await RefusedAsync(FaultCode.ForbiddenByRole, () => BringAsync(world, sides.Bens, Suffix(sides.Group, [.. sides.Second.Commits, usurped])));
        sides.Circle.Remove(sides.Ann, sides.Ben, sides.Ann, sides.Viewer);
        var removed = Suffix(sides.Group, sides.Circle.Commits.Skip((int)sides.Fork + 1));
        Assert.Equal(PushOutcome.HeadMoved, (await BringAsync(world, sides.Bens, removed)).Outcome);

        // Where it follows on nothing that is here there is nothing to keep.
        Assert.Equal(PushOutcome.HeadMoved, (await BringAsync(world, sides.Bens, Suffix(sides.Group, sides.Second.Commits.Skip(1)))).Outcome);
        Assert.Empty(Brought());
    });

    [Fact]
    public void Whoever_is_no_member_at_a_kept_branchs_end_neither_hears_what_it_lacks_nor_fills_it() => _files.Relay(async world =>
    {
        var sides = await Sides.MakeAsync(world);
        await BringAsync(world, sides.Anns, sides.First);
        sides.Circle.Remove(sides.Ann, sides.Ben, sides.Ann, sides.Viewer);
        await BringAsync(world, sides.Anns, Suffix(sides.Group, sides.Circle.Commits.Skip((int)sides.Fork + 1)));
        var bytes = new FileInfo(Assert.Single(Brought())).Length;
        var told = await BringAsync(world, sides.Bens, sides.Second);
        Assert.Equal(PushOutcome.HeadMoved, told.Outcome);
        Assert.Empty(told.MissingBlobs);
        Assert.Equal(bytes, new FileInfo(Assert.Single(Brought())).Length);
    });

    [Fact]
    public void A_group_has_so_many_branches_and_no_more() => _files.Relay(
        async world =>
        {
            var sides = await Sides.MakeAsync(world);
            await BringAsync(world, sides.Anns, sides.First);
            for (var i = 0; i < 3; i++)
            {
                sides.Circle.Rewind(sides.Fork);
                var push = sides.Circle.Put(sides.Ben);
                var branch = Suffix(sides.Group, push.Commits, [.. push.Blobs]);
                if (i < 2)
                {
                    Assert.Equal(PushOutcome.Kept, (await BringAsync(world, sides.Bens, branch)).Outcome);
                    continue;
                }

                await RefusedAsync(FaultCode.Quota, () => BringAsync(world, sides.Bens, branch));
            }

            Assert.Equal(2, Brought().Count);
        },
        options => options with { Limits = options.Limits with { BranchesPerGroup = 2 } });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_branch_and_all_of_a_relay_have_so_many_bytes_and_no_more(bool ofOne) => _files.Relay(
        async world =>
        {
            var sides = await Sides.MakeAsync(world);
            await BringAsync(world, sides.Anns, sides.First);
            var (commits, blobs) = (sides.Second.Commits, sides.Second.Blobs);
            await RefusedAsync(FaultCode.Quota, () => BringAsync(world, sides.Bens, sides.Second));
            Assert.Empty(Brought());
            await BringAsync(world, sides.Bens, Suffix(sides.Group, commits.Take(2), blobs[0], blobs[1]));
            await RefusedAsync(FaultCode.Quota, () => BringAsync(world, sides.Bens, Suffix(sides.Group, commits.Skip(2), blobs[2])));

            // What is kept already takes no room.
            Assert.Equal(PushOutcome.Kept, (await BringAsync(world, sides.Bens, Suffix(sides.Group, commits.Take(2)))).Outcome);
        },
        options => options with
        {
            Limits = ofOne ? options.Limits with { BranchBytes = 2_700 } : options.Limits with { BranchBytesInAll = 2_700 },
        });

    [Fact]
    public void A_branch_costs_its_bringers_own_commits_and_at_least_one_a_call() => _files.Relay(
        async world =>
        {
            var sides = await Sides.MakeAsync(world);
            await BringAsync(world, sides.Anns, sides.First);
            var bare = Suffix(sides.Group, sides.Second.Commits);

            // Ben signed them: one and a share for the state that they begin in, then two, then one for a call that brings nothing new.
            await BringAsync(world, sides.Bens, Suffix(sides.Group, sides.Second.Commits.Take(1)));
            await BringAsync(world, sides.Bens, bare);
            await RefusedAsync(FaultCode.RateLimited, () => BringAsync(world, sides.Bens, bare));
            var viewer = await world.OpenAsync(sides.Viewer);
            for (var i = 0; i < 4; i++)
            {
                Assert.Equal(PushOutcome.Kept, (await BringAsync(world, viewer, bare)).Outcome);
            }

            await RefusedAsync(FaultCode.RateLimited, () => BringAsync(world, viewer, bare));
        },
        options => options with { Limits = options.Limits with { CommitsPerMember = new(4, 0.0001) } });

    [Fact]
    public void A_kill_at_any_byte_loses_nothing_that_was_acknowledged_and_the_rest_is_brought_again()
    {
        Sides sides = null!;
        var acknowledged = 0L;
        _files.Relay(async world =>
        {
            sides = await Sides.MakeAsync(world);
            await BringAsync(world, sides.Anns, sides.First);
            await BringAsync(world, sides.Bens, Suffix(sides.Group, sides.Second.Commits.Take(2), sides.Second.Blobs[0]));
            acknowledged = new FileInfo(Assert.Single(Brought())).Length;
            await BringAsync(world, sides.Bens, sides.Second);
        });
        var file = Assert.Single(Brought());
        var whole = File.ReadAllBytes(file);
        foreach (var length in (long[])[acknowledged, acknowledged + 1, acknowledged + 200, (acknowledged + whole.Length) / 2, whole.Length - 1])
        {
            File.WriteAllBytes(file, whole[..(int)length]);
            Assert.Contains(" blobs, from ", Expect(0, "branches", "--data", _files.Data), StringComparison.Ordinal);
            _files.Relay(async world =>
            {
                world.Relay.Window.Open(DateTimeOffset.MaxValue);
                var told = await BringAsync(world, await world.OpenAsync(sides.Ben), Suffix(sides.Group, sides.Second.Commits.Take(2)));
                Assert.Equal(PushOutcome.Kept, told.Outcome);
                Assert.DoesNotContain(HashOf(sides.Second.Blobs[0]), told.MissingBlobs);
                Assert.Empty((await BringAsync(world, await world.OpenAsync(sides.Ben), sides.Second)).MissingBlobs);
            });
            Assert.Contains("3 commits, 3 blobs", Expect(0, "branches", "--data", _files.Data), StringComparison.Ordinal);
        }

        Expect(0, "pick", "--data", _files.Data, "--from", file, "--yes");
        _files.Check();
    }

    public void Dispose() => _files.Dispose();

    private IReadOnlyList<string> Brought() => [.. Directory.GetFiles(_files.Data, "brought-*").Order(StringComparer.Ordinal)];

    private static ByteString HashOf(Blob blob) => BlobHashes.Of(blob.Content.Span).ToByteString();

    private static Task<PushSuffixResponse> BringAsync(RelayWorld world, Session session, PushSuffixRequest suffix) =>
        world.Relay.Push.PushSuffixAsync(session, suffix, default);

    private static PushSuffixRequest Suffix(GroupId group, IEnumerable<SignedEntry> commits, params Blob[] blobs) =>
        new() { Group = group.ToByteString(), Commits = { commits }, Blobs = { blobs } };

    /// <summary>A restored relay in its window, and two sides of what it lost: two commits of Ann's, three of Ben's.</summary>
    private sealed record Sides(
        Circle Circle, Person Ann, Session Anns, Person Ben, Session Bens, Person Viewer, ulong Fork,
        PushSuffixRequest First, PushSuffixRequest Second)
    {
        public GroupId Group => Circle.Id;

        /// <summary>What both sides have in common.</summary>
        public IEnumerable<SignedEntry> Before => Circle.Commits.Take((int)Fork + 1);

        /// <summary>The circle stands at the end of the second side.</summary>
        public static async Task<Sides> MakeAsync(RelayWorld world)
        {
            var (ann, anns, circle) = await world.FoundAsync();
            var (ben, bens) = await world.AddAsync(anns, ann, circle, Role.Editor);
            var (viewer, _) = await world.AddAsync(anns, ann, circle, Role.Viewer);
            var fork = circle.State.Head.Seq;
            var first = Of(circle, ann, 2);
            circle.Rewind(fork);
            var second = Of(circle, ben, 3);
            world.Relay.Window.Open(DateTimeOffset.MaxValue);
            return new Sides(circle, ann, anns, ben, bens, viewer, fork, first, second);
        }

        private static PushSuffixRequest Of(Circle circle, Person author, int count)
        {
            var puts = Enumerable.Range(0, count).Select(_ => circle.Put(author)).ToList();
            return Suffix(circle.Id, puts.SelectMany(put => put.Commits), [.. puts.SelectMany(put => put.Blobs)]);
        }
    }
}
