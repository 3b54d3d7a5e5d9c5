using Vault.Client.Sync;

namespace Vault.Client.Tests.Sync;

/// <summary>The outbox's watchdog as a table: each reason to wait is one alone, and without any an edit that waits for long is stuck.</summary>
public sealed class OutboxWatchTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(3);

    private static readonly WaitingFacts Stuck = new()
    {
        Count = 1,
        Age = s_long,
        AnsweringFor = s_long,
        UnlockedFor = s_long,
        Patience = TimeSpan.FromMinutes(2),
    };

    [Fact]
    public void An_edit_that_waits_for_long_beside_a_relay_that_answers_is_stuck() => Assert.True(OutboxWatch.Judge(Stuck).IsStuck);

    [Fact]
    public void What_is_young_or_offline_or_locked_waits_and_is_not_stuck()
    {
        Assert.False(OutboxWatch.Judge(Stuck with { Count = 0 }).IsStuck);
        Assert.Null(OutboxWatch.Judge(Stuck with { Count = 0 }).Oldest);
        Assert.False(OutboxWatch.Judge(Stuck with { Age = Stuck.Patience }).IsStuck);
        Assert.False(OutboxWatch.Judge(Stuck with { AnsweringFor = null }).IsStuck);
        Assert.False(OutboxWatch.Judge(Stuck with { AnsweringFor = TimeSpan.FromSeconds(5) }).IsStuck);
        Assert.False(OutboxWatch.Judge(Stuck with { UnlockedFor = null }).IsStuck);
        Assert.False(OutboxWatch.Judge(Stuck with { UnlockedFor = TimeSpan.FromSeconds(5) }).IsStuck);
    }

    [Fact]
    public void A_commit_that_is_signed_needs_no_key_to_be_stuck() =>
        Assert.True(OutboxWatch.Judge(Stuck with { UnlockedFor = null, IsSigned = true }).IsStuck);
}
