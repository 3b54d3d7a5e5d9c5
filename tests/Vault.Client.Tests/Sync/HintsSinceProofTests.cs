using Vault.Client.Sync;
using Vault.Core.Ids;

namespace Vault.Client.Tests.Sync;

/// <summary>What was hinted counts from when the newest proof was sent, and no longer than to the next one.</summary>
public sealed class HintsSinceProofTests
{
    [Fact]
    public void The_highest_hint_counts_until_a_proof_was_sent_after_it()
    {
        var group = new FollowedGroup(default, TimeProvider.System);
        group.Hints.Add(9, Second(10));
        Assert.Equal(9UL, group.Hints.Highest);
        group.Prove(ProofOf(5, Second(11)));
        Assert.Equal(0UL, group.Hints.Highest);
    }

    [Fact]
    public void A_hint_that_came_while_the_proof_was_under_way_still_counts()
    {
        var group = new FollowedGroup(default, TimeProvider.System);
        group.Hints.Add(9, Second(12));
        group.Prove(ProofOf(5, Second(11)));
        Assert.Equal(9UL, group.Hints.Highest);
    }

    [Fact]
    public void A_true_hint_after_a_higher_lie_outlives_the_proof_that_ends_the_lie()
    {
        var group = new FollowedGroup(default, TimeProvider.System);
        group.Hints.Add(1_000, Second(10));
        group.Hints.Add(6, Second(12));
        Assert.Equal(1_000UL, group.Hints.Highest);
        group.Prove(ProofOf(5, Second(11)));
        Assert.Equal(6UL, group.Hints.Highest);
    }

    [Fact]
    public void However_many_hints_fall_the_oldest_of_the_newest_still_counts()
    {
        var hints = new HintsSinceProof();
        for (var i = 0; i < 1_000; i++)
        {
            hints.Add((ulong)(2_000 - i), Second(i));
        }

        hints.Forget(Second(998));
        Assert.True(hints.Highest >= 1_001);
        hints.Forget(Second(999));
        Assert.Equal(0UL, hints.Highest);
    }

    [Fact]
    public void A_hint_comes_true_only_when_a_later_proof_shows_what_no_earlier_one_did()
    {
        var group = new FollowedGroup(default, TimeProvider.System);
        group.Prove(ProofOf(5, Second(1)));
        group.Hints.Add(6, Second(2));
        Assert.True(group.Prove(ProofOf(6, Second(3))));
        group.Hints.Add(6, Second(4));
        Assert.False(group.Prove(ProofOf(6, Second(5))));
        group.Hints.Add(1_000, Second(6));
        Assert.False(group.Prove(ProofOf(7, Second(7))));
    }

    [Fact]
    public void An_older_proof_that_comes_late_changes_nothing()
    {
        var group = new FollowedGroup(default, TimeProvider.System);
        group.Prove(ProofOf(5, Second(5)));
        group.Hints.Add(9, Second(3));
        Assert.False(group.Prove(ProofOf(9, Second(4))));
        Assert.Equal(5UL, group.Proof!.Head.Seq);
    }

    private static Proof ProofOf(ulong seq, TimeSpan sentAt) => new(new ChainHead(seq, default), sentAt, TimeSpan.Zero);

    private static TimeSpan Second(int second) => TimeSpan.FromSeconds(second);
}
