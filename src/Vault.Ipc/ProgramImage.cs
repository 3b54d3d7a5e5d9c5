using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Vault.Ipc.V1;

namespace Vault.Ipc;

/// <summary>Puts another program, or a fresh image of the same one, in this process's place.</summary>
public static partial class ProgramImage
{
    /// <summary>
    /// Does not return, unless the system refuses: then it throws. The kernel gives the new image fresh memory; descriptors
    /// pass only when they are not marked close-on-exec, and the runtime marks all of its own.
    /// </summary>
    [DoesNotReturn]
    public static void Replace(ProcessStartInfo start)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Windows cannot replace a process.");
        }

        string?[] arguments = [start.FileName, .. start.ArgumentList, null];
        string?[] environment = [.. start.Environment.Select(pair => $"{pair.Key}={pair.Value}"), null];
        _ = execve(start.FileName, arguments, environment);
        throw new AgentException(
            ExitCode.Error, $"{start.FileName} cannot be started: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int execve(string path, string?[] arguments, string?[] environment);
}
