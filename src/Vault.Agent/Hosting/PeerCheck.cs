using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Vault.Ipc;

namespace Vault.Agent.Hosting;

/// <summary>Closes a connection of another user before it is read. The directory's mode says the same; this does not rely on it.</summary>
internal sealed class PeerCheck(ILogger<PeerCheck> log)
{
    public ConnectionDelegate Wrap(ConnectionDelegate next) => connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>() is { Socket: var socket } && PeerCredential.IsOwnUser(socket))
        {
            return next(connection);
        }

        log.ForeignPeer();
        connection.Abort(new ConnectionAbortedException("The peer is another user."));
        return Task.CompletedTask;
    };
}
