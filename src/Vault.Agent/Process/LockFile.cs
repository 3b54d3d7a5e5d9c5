using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vault.Agent.Process;

/// <summary>An advisory lock on a file. The kernel releases it when the last descriptor of its holder is gone.</summary>
internal sealed class LockFile : IDisposable
{
    private LockFile(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    /// <summary>A lock that an earlier image of this process holds already.</summary>
    public static LockFile Adopt(SafeFileHandle handle) => new(handle);

    /// <summary>Waits until the lock is free.</summary>
    public static LockFile Take(string path)
    {
        var handle = Open(path);
        while (LibC.flock(handle, LibC.LockExclusive) != 0)
        {
            const int interrupted = 4;
            var error = Marshal.GetLastPInvokeError();
            if (error != interrupted)
            {
                handle.Dispose();
                throw new Win32Exception(error, $"{path} cannot be locked.");
            }
        }

        return new LockFile(handle);
    }

    /// <summary>The lock, if nobody holds it.</summary>
    public static bool TryTake(string path, [NotNullWhen(true)] out LockFile? taken)
    {
        var handle = Open(path);
        if (LibC.flock(handle, LibC.LockExclusive | LibC.LockNonBlocking) == 0)
        {
            taken = new LockFile(handle);
            return true;
        }

        handle.Dispose();
        taken = null;
        return false;
    }

    public void Dispose() => Handle.Dispose();

    // Shared as far as the runtime goes: its own sharing is the same flock, and would get in the way.
    private static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
}
