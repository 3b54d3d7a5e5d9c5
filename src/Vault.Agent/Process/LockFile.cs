using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vault.Agent.Process;

/// <summary>An advisory lock on a file. The kernel releases it when the last descriptor of its holder is gone.</summary>
internal sealed class LockFile : IDisposable
{
    private const uint OwnerReadsAndWrites = 0b110_000_000;

    private LockFile(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    /// <summary>A lock that an earlier image of this process holds already.</summary>
    public static LockFile Adopt(SafeFileHandle handle) => new(handle);

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

    // Not by the runtime: whatever sharing it is told, it takes the same kernel lock while it opens, and fails where another
    // holds it. Nobody writes into the file, so that truncating it changes nothing.
    private static SafeFileHandle Open(string path)
    {
        var handle = LibC.creat(path, OwnerReadsAndWrites);
        if (handle.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw new Win32Exception(error, $"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        LibC.CloseOnExec(handle);
        return handle;
    }
}
