using Vault.Protocol.V1;
using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayFiles;
using static Vault.Server.Tests.Kit.RelayWorld;

namespace Vault.Server.Tests.Maintenance;

/// <summary>A chain can be cut and nothing of it is lost.</summary>
public sealed class TruncateTests : IDisposable
{
    private readonly RelayFiles _files = new();

    [Fact]
    public void Cut_at_any_commit_a_relay_is_sound_and_what_was_cut_can_be_put_back_as_it_was()
    {
        Circle circle = null!;
        _files.Relay(async world => (_, _, circle) = await LiveAsync(world));
        var whole = _files.Dump();
        for (var to = 0; to < circle.Commits.Count - 1; to++)
        {
            Expect(0, "truncate", "--data", _files.Data, "--group", $"{circle.Id}", "--to", $"{to}", "--yes");
            Assert.Contains($"1 groups with {to + 1} commits", _files.Check(), StringComparison.Ordinal);
            var branch = Assert.Single(Directory.GetFiles(_files.Data, "cut-*"));
            Assert.True(IsPrivate(branch));
            Assert.Contains($"{branch}: group {circle.Id}, {circle.Commits.Count - 1 - to} commits", Expect(0, "branches", "--data", _files.Data), StringComparison.Ordinal);
            Expect(0, "pick", "--data", _files.Data, "--from", branch, "--yes");
            _files.Check();
            Assert.Equal(whole, _files.Dump());
            File.Delete(branch);
        }
    }

    [Fact]
    public void An_operator_picks_one_of_two_branches_and_the_other_is_kept()
    {
        Person owner = null!;
        Circle circle = null!;
        _files.Relay(async world => (owner, _, circle) = await LiveAsync(world));
        var (group, fork) = ($"{circle.Id}", circle.State.Head.Seq);
        _files.Relay(async world =>
        {
            var session = await world.OpenAsync(owner);
            await world.PushAsync(session, circle.Put(owner));
            await world.PushAsync(session, circle.Put(owner));
        });
        var first = _files.Dump();
        Expect(0, "truncate", "--data", _files.Data, "--group", group, "--to", $"{fork}", "--yes");
        var branch = Assert.Single(Directory.GetFiles(_files.Data, "cut-*"));
        circle.Rewind(fork);
        _files.Relay(async world => await world.PushAsync(await world.OpenAsync(owner), circle.Put(owner)));
        var second = _files.Dump();
        Assert.NotEqual(first, second);

        Expect(0, "pick", "--data", _files.Data, "--from", branch, "--yes");
        _files.Check();
        Assert.Contains($"1 groups with {fork + 3} commits", _files.Check(), StringComparison.Ordinal);
        var kept = Assert.Single(Directory.GetFiles(_files.Data, "cut-*"), file => file != branch);
        Expect(4, "pick", "--data", _files.Data, "--from", branch, "--yes");
        Expect(8, "pick", "--data", _files.Data, "--from", Assert.Single(Directory.GetFiles(_files.Data, "picked-*")), "--yes");
        Expect(0, "pick", "--data", _files.Data, "--from", kept, "--yes");
        Assert.Contains($"1 groups with {fork + 2} commits", _files.Check(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_cut_off_is_taken_back_from_nobody_before_it_is_picked_and_from_members_again_afterwards()
    {
        Person owner = null!;
        Circle circle = null!;
        List<PushRequest> lost = [];
        var copy = _files.Of("copy.db");
        _files.Relay(async world =>
        {
            (owner, var session, circle) = await LiveAsync(world);
            Expect(0, "backup", "--data", _files.Data, "--to", copy);
            lost = [circle.Put(owner), circle.Put(owner)];
            foreach (var push in lost)
            {
                await world.PushAsync(session, push);
            }
        });
        var fork = circle.State.Head.Seq - 2;
        Expect(0, "truncate", "--data", _files.Data, "--group", $"{circle.Id}", "--to", $"{fork}", "--yes");
        var suffix = new PushSuffixRequest
        {
            Group = circle.Id.ToByteString(),
            Commits = { lost.SelectMany(push => push.Commits) },
            Blobs = { lost.SelectMany(push => push.Blobs) },
        };
        _files.Relay(async world =>
        {
            var session = await world.OpenAsync(owner);
            var refused = await RefusedAsync(() => world.Relay.Push.PushSuffixAsync(session, suffix, default));
            Assert.Equal((FaultCode.CutOff, fork + 1), (refused.Code, refused.Seq));

            // A window takes back what a relay lost, and this it did not lose.
            world.Relay.Window.Open(DateTimeOffset.MaxValue);
            await RefusedAsync(FaultCode.CutOff, () => world.Relay.Push.PushSuffixAsync(session, suffix, default));
            Assert.Equal(fork, (await world.PullAsync(session, circle.Id)).Head.Seq);
        });

        var cut = Assert.Single(Directory.GetFiles(_files.Data, "cut-*"));
        Expect(0, "pick", "--data", _files.Data, "--from", cut, "--yes");
        Assert.Empty(Directory.GetFiles(_files.Data, "cut-*"));
        Expect(0, "restore", "--data", _files.Data, "--from", copy, "--force");
        _files.Relay(async world =>
        {
            world.Relay.Window.Open(DateTimeOffset.MaxValue);
            var answer = await world.Relay.Push.PushSuffixAsync(await world.OpenAsync(owner), suffix, default);
            Assert.Equal((PushOutcome.Accepted, fork + 2), (answer.Outcome, answer.Head.Seq));
        });
    }

    [Fact]
    public void What_was_cut_off_is_not_taken_back_from_whom_it_had_added_either()
    {
        Person added = null!;
        Circle circle = null!;
        _files.Relay(async world =>
        {
            (var owner, var session, circle) = await LiveAsync(world);
            added = await world.RegisterAsync();
            await world.PushAsync(session, circle.Add(owner, added, Role.Viewer));
        });
        var fork = circle.State.Head.Seq - 1;
        Expect(0, "truncate", "--data", _files.Data, "--group", $"{circle.Id}", "--to", $"{fork}", "--yes");
        _files.Relay(async world =>
        {
            world.Relay.Window.Open(DateTimeOffset.MaxValue);
            var refill = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { circle.Commits } };
            var session = await world.OpenAsync(added);
            var refused = await RefusedAsync(() => world.Relay.Push.PushSuffixAsync(session, refill, default));
            Assert.Equal((FaultCode.CutOff, fork + 1), (refused.Code, refused.Seq));
        });
    }

    [Fact]
    public void Where_one_branch_was_cut_off_the_other_is_taken_and_a_file_that_holds_none_holds_nothing_up()
    {
        Person owner = null!;
        Circle circle = null!;
        _files.Relay(async world =>
        {
            (owner, var session, circle) = await LiveAsync(world);
            await world.PushAsync(session, circle.Put(owner));
        });
        var fork = circle.State.Head.Seq - 1;
        Expect(0, "truncate", "--data", _files.Data, "--group", $"{circle.Id}", "--to", $"{fork}", "--yes");
        var cut = Assert.Single(Directory.GetFiles(_files.Data, "cut-*"));
        File.WriteAllBytes(cut[..^".suffix".Length] + "-2.suffix", [0x0a, 0xff]);
        circle.Rewind(fork);
        var other = circle.Put(owner);
        _files.Relay(async world =>
        {
            var suffix = new PushSuffixRequest { Group = circle.Id.ToByteString(), Commits = { other.Commits }, Blobs = { other.Blobs } };
            Assert.Equal(PushOutcome.Accepted, (await world.Relay.Push.PushSuffixAsync(await world.OpenAsync(owner), suffix, default)).Outcome);
        });
    }

    [Fact]
    public void A_chain_with_an_invalid_commit_is_cut_before_it_and_not_after()
    {
        Circle circle = null!;
        _files.Relay(async world => (_, _, circle) = await LiveAsync(world));
        _files.Tamper("UPDATE commits SET signatures = zeroblob(64) WHERE seq = 6");
        Assert.Contains("Commit 6 is not valid", Expect(12, "truncate", "--data", _files.Data, "--group", $"{circle.Id}", "--to", "7", "--yes"), StringComparison.Ordinal);
        Expect(0, "truncate", "--data", _files.Data, "--group", $"{circle.Id}", "--to", "5", "--yes");
        _files.Check();
    }

    [Fact]
    public void Without_yes_it_is_said_what_would_be_cut_and_nothing_is()
    {
        Circle circle = null!;
        _files.Relay(async world => (_, _, circle) = await LiveAsync(world));
        var before = _files.Dump();
        Assert.Contains("8 commits, 3 to 10, would be cut", Expect(14, "truncate", "--data", _files.Data, "--group", $"{circle.Id}", "--to", "2"), StringComparison.Ordinal);
        Assert.Equal(before, _files.Dump());
        Assert.Contains("nothing after 10 to cut", Expect(2, "truncate", "--data", _files.Data, "--group", $"{circle.Id}", "--to", "10", "--yes"), StringComparison.Ordinal);
        Assert.Contains("No group", Expect(4, "truncate", "--data", _files.Data, "--group", new string('0', 64), "--to", "1", "--yes"), StringComparison.Ordinal);
        Assert.Contains("64 hexadecimal digits", Expect(2, "truncate", "--data", _files.Data, "--group", "family", "--to", "1", "--yes"), StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();
}
