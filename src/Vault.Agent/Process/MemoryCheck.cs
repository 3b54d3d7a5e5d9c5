using Vault.Client.Doctor;

namespace Vault.Agent.Process;

/// <summary>What the system says about this process, asked now and not remembered from the start.</summary>
/// <param name="IsDumpable">The kernel would let this user read its memory. Null: this system cannot be asked.</param>
/// <param name="CoreBytesMax">The largest core file that it may leave, by the hard limit too.</param>
/// <param name="HasDiagnostics">The runtime listens for debuggers.</param>
internal sealed record MemoryFacts(bool? IsDumpable, ulong CoreBytesMax, bool HasDiagnostics)
{
    public static MemoryFacts Now() => new(
        OperatingSystem.IsLinux() ? LibC.prctl(LibC.GetDumpable, 0, 0, 0, 0) != 0 : null,
        OperatingSystem.IsWindows() || LibC.getrlimit(LibC.ResourceCore, out var core) != 0 ? 0 : core.Hard,
        !ProcessHardening.DiagnosticsAreOff);
}

/// <summary>Whether the agent's memory is its own.</summary>
internal static class MemoryCheck
{
    public static CheckResult Of(MemoryFacts facts)
    {
        string[] open =
        [
            .. facts.IsDumpable == true ? ["another program of this user can read it"] : Array.Empty<string>(),
            .. facts.CoreBytesMax > 0 ? ["a crash would leave it on disk"] : Array.Empty<string>(),
            .. facts.HasDiagnostics ? ["the runtime lets debuggers in"] : Array.Empty<string>(),
        ];
        return open.Length > 0
            ? new CheckResult("memory", CheckState.Fail, $"the agent's memory is open: {string.Join(", ", open)}", "svault agent stop, then svault unlock")
            : new CheckResult("memory", CheckState.Ok, "no other program reads the agent's memory, and no crash leaves it on disk");
    }
}
