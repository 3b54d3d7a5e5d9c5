using Vault.Client.Sync;
using Vault.Core.Ids;

namespace Vault.Client.Tests.Sync;

/// <summary>The freshness contract as a truth table: each fact alone changes the state as the contract says, and first match wins.</summary>
public sealed class FreshnessTests
{
    private static readonly FreshnessFacts Live = new()
    {
        Proof = new Proof(new ChainHead(5, default), TimeSpan.FromSeconds(100), TimeSpan.Zero),
        CoversProof = true,
        VerifiedSeq = 5,
        BeatAge = TimeSpan.FromSeconds(1),
        BootNow = TimeSpan.FromSeconds(110),
        Bound = TimeSpan.FromSeconds(45),
        BeatBound = TimeSpan.FromSeconds(35),
    };

    [Fact]
    public void A_proof_within_the_bound_and_a_beat_are_live() => Assert.Equal(FreshnessState.Live, Freshness.Of(Live));

    [Fact]
    public void The_first_state_that_applies_wins()
    {
        var facts = Live with { NotificationsFailing = true };
        Assert.Equal(FreshnessState.Polling, Freshness.Of(facts));
        facts = facts with { MissingBlobs = 1 };
        Assert.Equal(FreshnessState.CatchingUp, Freshness.Of(facts));
        facts = facts with { BootNow = TimeSpan.FromSeconds(146) };
        Assert.Equal(FreshnessState.Stale, Freshness.Of(facts));
        facts = facts with { Offline = true };
        Assert.Equal(FreshnessState.Offline, Freshness.Of(facts));
        facts = facts with { RelayBehind = true };
        Assert.Equal(FreshnessState.RelayBehind, Freshness.Of(facts));
        facts = facts with { Withheld = true };
        Assert.Equal(FreshnessState.Withheld, Freshness.Of(facts));
        facts = facts with { UpdateNeeded = true };
        Assert.Equal(FreshnessState.UpdateNeeded, Freshness.Of(facts));
        facts = facts with { Forked = true };
        Assert.Equal(FreshnessState.Forked, Freshness.Of(facts));
    }

    [Fact]
    public void The_bound_is_met_exactly_and_not_beyond()
    {
        Assert.Equal(FreshnessState.Live, Freshness.Of(Live with { BootNow = TimeSpan.FromSeconds(145) }));
        Assert.Equal(FreshnessState.Stale, Freshness.Of(Live with { BootNow = TimeSpan.FromSeconds(145) + TimeSpan.FromTicks(1) }));
    }

    [Fact]
    public void Without_a_proof_nothing_is_fresh() => Assert.Equal(FreshnessState.Stale, Freshness.Of(Live with { Proof = null }));

    [Fact]
    public void A_hint_above_the_verified_head_lowers_freshness_and_one_below_does_not()
    {
        Assert.Equal(FreshnessState.CatchingUp, Freshness.Of(Live with { HighestHintedSeq = 6 }));
        Assert.Equal(FreshnessState.Live, Freshness.Of(Live with { HighestHintedSeq = 5 }));
    }

    [Fact]
    public void A_proof_that_the_replica_does_not_cover_is_no_freshness() =>
        Assert.Equal(FreshnessState.CatchingUp, Freshness.Of(Live with { CoversProof = false }));

    [Fact]
    public void A_machine_that_slept_has_no_fresh_proof()
    {
        Assert.Equal(FreshnessState.Live, Freshness.Of(Live with { SkewNow = TimeSpan.FromSeconds(2) }));
        Assert.Equal(FreshnessState.Stale, Freshness.Of(Live with { SkewNow = TimeSpan.FromSeconds(3) }));
    }

    [Fact]
    public void Without_a_beat_it_is_polling()
    {
        Assert.Equal(FreshnessState.Polling, Freshness.Of(Live with { BeatAge = null }));
        Assert.Equal(FreshnessState.Polling, Freshness.Of(Live with { BeatAge = TimeSpan.FromSeconds(36) }));
    }
}
