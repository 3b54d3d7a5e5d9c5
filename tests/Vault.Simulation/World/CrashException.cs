namespace Vault.Simulation.World;

/// <summary>The process ended here. Thrown where a crash is staged; nothing of the dead process acts on the world afterwards.</summary>
public sealed class CrashException(string where) : Exception($"Crashed {where}.");
