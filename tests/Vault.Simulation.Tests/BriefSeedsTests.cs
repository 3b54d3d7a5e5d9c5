using Vault.Simulation.Runner;

namespace Vault.Simulation.Tests;

/// <summary>
/// Three hundred fixed seeds with short histories: people, devices and a relay under everything that can go wrong, judged by every
/// validator. A failure names the seed and the command that runs it again.
/// </summary>
public sealed class BriefSeedsTests
{
    private const int SeedsPerTest = 20;

    public static TheoryData<ulong> Firsts => [.. Enumerable.Range(0, 15).Select(part => (ulong)((part * SeedsPerTest) + 1))];

    [Theory]
    [MemberData(nameof(Firsts))]
    public void Every_promise_is_kept_whatever_goes_wrong(ulong first)
    {
        for (var seed = first; seed < first + SeedsPerTest; seed++)
        {
            var outcome = SeedRun.Of(seed, brief: true);
            Assert.True(outcome.Violation is null, $"seed {seed}: {outcome.Violation}\n{SeedRun.Replay(seed, brief: true)}\n{outcome.Detail}");
            Assert.True(outcome.Occurred.GetValueOrDefault("commit: put") > 0, $"seed {seed}: a run without edits proves nothing");
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void A_seed_replays_exactly(ulong seed)
    {
        var first = SeedRun.Of(seed, brief: true);
        var second = SeedRun.Of(seed, brief: true);
        Assert.Null(first.Violation);
        Assert.Equal(first.Hash, second.Hash);
        Assert.Equal(first.Occurred, second.Occurred);
    }
}
