using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vault.Agent.Process;

/// <summary>What the runtime has no call for. Numbers are those of Linux; macOS has the same where it is asked.</summary>
internal static partial class LibC
{
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;

    public const int SeekEnd = 2;

    public const int ResourceCore = 4;
    public const int GetDumpable = 3;
    public const int SetDumpable = 4;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial SafeFileHandle creat(string path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int flock(SafeHandle file, int operation);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial long lseek(SafeHandle file, long offset, int origin);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int dup(SafeHandle file);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int dup2(SafeHandle from, int to);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ioctl(SafeHandle file, nuint request);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial uint umask(uint mask);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int setsid();

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int setrlimit(int resource, in ResourceLimit limit);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int getrlimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int prctl(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void _exit(int status);

    /// <summary>The descriptor ends with the next exec.</summary>
    public static void CloseOnExec(SafeHandle file) => ioctl(file, OperatingSystem.IsMacOS() ? 0x20006601u : 0x5451u);

    [StructLayout(LayoutKind.Sequential)]
    public readonly struct ResourceLimit
    {
        private readonly ulong _soft;
        private readonly ulong _hard;

        private ResourceLimit(ulong both) => (_soft, _hard) = (both, both);

        public static ResourceLimit None => new(0);

        /// <summary>What the process cannot raise again.</summary>
        public ulong Hard => Math.Max(_soft, _hard);
    }
}
