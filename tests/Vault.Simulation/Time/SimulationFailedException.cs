namespace Vault.Simulation.Time;

/// <summary>A run broke a promise, or its own rules.</summary>
public sealed class SimulationFailedException(string message, Exception? inner = null) : Exception(message, inner);
