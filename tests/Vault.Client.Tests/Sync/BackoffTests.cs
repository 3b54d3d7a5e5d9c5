using Vault.Client.Sync;
using Vault.Core.Tests.Kit;

namespace Vault.Client.Tests.Sync;

/// <summary>Full jitter: from nothing to a bound that doubles, so that who failed together does not come back together.</summary>
public sealed class BackoffTests
{
    private const int Draws = 2_000;

    [Theory]
    [InlineData(0, 250)]
    [InlineData(1, 500)]
    [InlineData(5, 8_000)]
    [InlineData(6, 15_000)]
    [InlineData(1_000, 15_000)]
    public void A_reconnect_waits_anything_from_nothing_to_its_bound(int failures, int boundMs)
    {
        var random = new SeededRandom("backoff");
        var waits = Enumerable.Range(0, Draws).Select(_ => Backoff.AfterFailure(failures, random).TotalMilliseconds).ToList();
        Assert.InRange(waits.Min(), 0, boundMs * 0.02);
        Assert.InRange(waits.Max(), boundMs * 0.98, boundMs);
        Assert.InRange(waits.Average(), boundMs * 0.45, boundMs * 0.55);
    }

    [Fact]
    public void Polls_are_spread_by_a_fifth()
    {
        var random = new SeededRandom("backoff");
        var factors = Enumerable.Range(0, Draws).Select(_ => Backoff.Spread(random)).ToList();
        Assert.InRange(factors.Min(), 0.8, 0.81);
        Assert.InRange(factors.Max(), 1.19, 1.2);
    }
}
