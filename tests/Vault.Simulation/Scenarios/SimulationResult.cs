namespace Vault.Simulation.Scenarios;

/// <summary>What a run did.</summary>
/// <param name="TraceHash">SHA-256 over everything that happened: equal in every run of the seed.</param>
/// <param name="Events">Lines of the trace.</param>
/// <param name="Simulated">How much time passed in it.</param>
/// <param name="Devices">How many devices lived through it.</param>
/// <param name="Occurred">How often each kind of fault and event occurred.</param>
public sealed record SimulationResult(
    string TraceHash, long Events, TimeSpan Simulated, int Devices, IReadOnlyDictionary<string, int> Occurred)
{
    /// <summary>Simulated time, counted once for each device.</summary>
    public TimeSpan DeviceTime => Simulated * Devices;
}
