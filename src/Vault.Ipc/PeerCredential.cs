using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vault.Ipc;

/// <summary>Who holds the other end of a unix socket, by the kernel's word.</summary>
public static partial class PeerCredential
{
    private const int SocketLevelLinux = 1;
    private const int PeerCredentialLinux = 17;

    /// <summary>The peer runs as this process's user. Windows has no such word: there the directory's own rights decide.</summary>
    public static bool IsOwnUser(Socket socket)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        return UserOf(socket) is { } user && user == geteuid();
    }

    private static uint? UserOf(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            // struct ucred: pid, uid, gid.
            Span<byte> credential = stackalloc byte[12];
            return socket.GetRawSocketOption(SocketLevelLinux, PeerCredentialLinux, credential) == credential.Length
                ? MemoryMarshal.Read<uint>(credential[4..])
                : null;
        }

        return getpeereid(socket.SafeHandle, out var user, out _) == 0 ? user : null;
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int getpeereid(SafeHandle socket, out uint user, out uint group);
}
