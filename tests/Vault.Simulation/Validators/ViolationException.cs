namespace Vault.Simulation.Validators;

/// <summary>A promise is broken in this history.</summary>
public sealed class ViolationException(string promise, string what) : Exception($"{promise}: {what}")
{
    /// <summary>Which one.</summary>
    public string Promise => promise;
}
