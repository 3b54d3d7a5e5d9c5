using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Vault.Agent.Process;

/// <summary>
/// Keeps the memory of this process to itself: no core dump, no debugger of the same user, no diagnostics socket, and
/// every file it makes is its owner's only.
/// </summary>
internal static class ProcessHardening
{
    private const string DiagnosticsVariable = "DOTNET_EnableDiagnostics";
    private const uint OwnerOnly = 0b000_111_111;

    /// <summary>The runtime was told before its start to open no diagnostics socket. Afterwards it is too late.</summary>
    public static bool DiagnosticsAreOff => Environment.GetEnvironmentVariable(DiagnosticsVariable) == "0";

    /// <summary>The variable to start this program anew with.</summary>
    public static KeyValuePair<string, string> DiagnosticsOff { get; } = new(DiagnosticsVariable, "0");

    /// <summary>
    /// Removes the socket that the runtime made before this program could say no. Nobody listens on it once the image is
    /// replaced, but the process id stays and the name would mislead.
    /// </summary>
    public static void RemoveDiagnosticsSocket()
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{Environment.ProcessId}-*-socket"))
        {
            File.Delete(file);
        }
    }

    /// <summary>Before anything secret is read. Refuses to go on when the system does not take it.</summary>
    public static void Apply()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        _ = LibC.umask(OwnerOnly);
        Must(LibC.setrlimit(LibC.ResourceCore, LibC.ResourceLimit.None), "setrlimit");
        if (OperatingSystem.IsLinux())
        {
            Must(LibC.prctl(LibC.SetDumpable, 0, 0, 0, 0), "prctl");
        }
    }

    private static void Must(int result, string call)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call} failed, and an agent that can be dumped does not start.");
        }
    }
}
