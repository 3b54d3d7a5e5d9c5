using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Vault.Agent.Process;

/// <summary>
/// What one image of the agent hands to the next: the listening socket, so that no caller ever finds the door shut, and the
/// lock that makes it the profile's only agent.
/// </summary>
internal static class InheritedHandles
{
    private const string SocketVariable = "SVAULT_AGENT_SOCKET_FD";
    private const string LockVariable = "SVAULT_AGENT_LOCK_FD";

    /// <summary>The socket that the image before listened on; null in the first image.</summary>
    public static Socket? TakeSocket()
    {
        if (Take(SocketVariable) is not { } descriptor)
        {
            return null;
        }

        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        LibC.CloseOnExec(handle);
        return new Socket(handle);
    }

    /// <summary>The lock that the image before held; null in the first image.</summary>
    public static SafeFileHandle? TakeLock()
    {
        if (Take(LockVariable) is not { } descriptor)
        {
            return null;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        LibC.CloseOnExec(handle);
        return handle;
    }

    /// <summary>Duplicates, which survive the exec, as variables for the next image.</summary>
    public static KeyValuePair<string, string>[] HandOver(Socket socket, SafeFileHandle instanceLock) =>
    [
        new(SocketVariable, LibC.dup(socket.SafeHandle).ToString(CultureInfo.InvariantCulture)),
        new(LockVariable, LibC.dup(instanceLock).ToString(CultureInfo.InvariantCulture)),
    ];

    // Cleared at once: the numbers mean nothing after this image.
    private static nint? Take(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) ? descriptor : null;
    }
}
