using Grpc.Core;

namespace Vault.Client.Transport;

/// <summary>What a connection is for: the watchdog must not share the path that it watches.</summary>
public enum ConnectionUse
{
    /// <summary>Calls: pull, push, accounts, mailboxes.</summary>
    Calls,

    /// <summary>The poll alone.</summary>
    Poll,

    /// <summary>The watch stream alone.</summary>
    Watch,
}

/// <summary>A way to call a relay, and to let go of it.</summary>
public sealed class RelayConnection(CallInvoker calls, Action? close = null) : IDisposable
{
    private Action? _close = close;

    /// <summary>The generated stubs call through this.</summary>
    public CallInvoker Calls { get; } = calls;

    public void Dispose()
    {
        var close = _close;
        _close = null;
        close?.Invoke();
    }
}
