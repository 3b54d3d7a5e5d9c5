using System.Net;
using System.Net.Sockets;

namespace Vault.EndToEnd.Tests.Network;

/// <summary>
/// A link that can die as links die: half-open, so that no byte passes and nobody closes. It knows bytes and nothing of what they say,
/// so nothing in it answers a ping in the relay's place.
/// </summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private TaskCompletionSource _open = Opened();

    public Gate() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address => $"http://127.0.0.1:{Port}";

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    /// <summary>Passes everything on to a relay from now on.</summary>
    public void PassTo(Uri relay) => _running.Add(AcceptAsync(relay));

    /// <summary>No byte passes any more, and no connection ends.</summary>
    public void Freeze() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waited passes on.</summary>
    public void Thaw() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Thaw();
        foreach (var task in _running.ToList())
        {
            await task;
        }

        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Uri relay)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                _running.Add(PassAsync(client, relay));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(TcpClient client, Uri relay)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using var upstream = new TcpClient();
        using (client)
        {
            try
            {
                await upstream.ConnectAsync(relay.Host, relay.Port, ends.Token);
                var (near, far) = (client.GetStream(), upstream.GetStream());
                await Task.WhenAny(CopyAsync(near, far, ends.Token), CopyAsync(far, near, ends.Token));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or IOException)
            {
                // One side is gone; the other learns of it by the close.
            }

            await ends.CancelAsync();
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, CancellationToken cancellation)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await from.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                await _open.Task.WaitAsync(cancellation);
                await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
            }

            // An end is a message too, and does not pass a dead link.
            await _open.Task.WaitAsync(cancellation);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or ObjectDisposedException)
        {
        }
    }
}
