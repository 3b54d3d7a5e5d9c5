using Vault.Simulation.Scenarios;

namespace Vault.Simulation.Tests;

/// <summary>
/// A relay and three clients under loss, delay, cuts, sleep and crashes around each COMMIT: all converge, nothing is lost, and
/// a seed replays exactly. A failing seed runs alone with
/// <c>dotnet run -c Release --project tests/Vault.Simulation -- --seeds 1 --from SEED</c>.
/// </summary>
public sealed class FirstSliceTests
{
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 20).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_device_converges_with_nothing_lost_and_the_seed_replays_exactly(ulong seed)
    {
        var first = Run(seed);
        var second = Run(seed);
        Assert.Equal(first.TraceHash, second.TraceHash);
        Assert.True(first.Edits > 0, "a run without edits proves nothing");
    }

    private static SimulationResult Run(ulong seed)
    {
        using var scenario = new FirstSlice(seed);
        return scenario.Run();
    }
}
