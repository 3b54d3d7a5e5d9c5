using Vault.Client.Groups;
using Vault.Core.Ids;
using Fault = Vault.Core.Fault;

namespace Vault.Client;

/// <summary>The sync loop and its status.</summary>
public sealed class VaultSync
{
    /// <summary>Raised on the client's context after the verified state or the outbox of a group changed.</summary>
    public event Action<GroupId>? Changed
    {
        add => throw new NotImplementedException();
        remove => throw new NotImplementedException();
    }

    /// <summary>Starts watch stream, poll and push in the background; idempotent. Works locked.</summary>
    public void Start() => throw new NotImplementedException();

    /// <summary>Stops them; idempotent.</summary>
    public Task StopAsync() => throw new NotImplementedException();

    /// <summary>One whole round now: poll, pull, complete joins, push, for one group or all. The statuses say what is proven.</summary>
    public Task<IReadOnlyList<(GroupId Group, GroupStatus Status)>> SyncAsync(GroupId? group = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>How current a group is, evaluated now.</summary>
    public GroupStatus Status(GroupId group) => throw new NotImplementedException();

    /// <summary>The connection as a whole.</summary>
    public ConnectionStatus Connection() => throw new NotImplementedException();
}

/// <summary>The connection to the relay as a whole.</summary>
/// <param name="StreamAge">How long the stream has been up. Null: it is down.</param>
/// <param name="NotificationsFailing">A poll found a head that no hint had reached.</param>
/// <param name="MissedHints">How many such since start.</param>
/// <param name="Fault">Why the relay cannot be used, if so.</param>
public sealed record ConnectionStatus(TimeSpan? StreamAge, bool NotificationsFailing, int MissedHints, Fault? Fault, string Reason);
