namespace Vault.Server.Maintenance;

/// <summary>A command cannot do what it was asked; the message is for the operator, the code for their scripts.</summary>
public sealed class MaintenanceException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
