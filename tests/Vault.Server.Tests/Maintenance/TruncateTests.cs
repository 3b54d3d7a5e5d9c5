using Vault.Server.Tests.Kit;
using static Vault.Server.Tests.Kit.RelayFiles;

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
        Expect(8, "pick", "--data", _files.Data, "--from", branch, "--yes");
        Expect(0, "pick", "--data", _files.Data, "--from", kept, "--yes");
        Assert.Contains($"1 groups with {fork + 2} commits", _files.Check(), StringComparison.Ordinal);
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
