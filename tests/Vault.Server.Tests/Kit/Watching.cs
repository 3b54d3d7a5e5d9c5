using Vault.Protocol.V1;
using Vault.Server.Engine;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Tests.Kit;

/// <summary>A stream and what came on it. Its reader can be held up.</summary>
internal sealed class Watching
{
    private readonly CancellationTokenSource _gone = new();
    private TaskCompletionSource? _held;

    public Watching(Relay relay, Session session, WatchRequest request) => Task = RunAsync(relay, session, request);

    public Task Task { get; }

    public List<WatchResponse> Seen { get; } = [];

    public Fault? Ended { get; private set; }

    public IEnumerable<WatchCommit> Commits => Seen.Select(one => one.Commit).OfType<WatchCommit>();

    public IEnumerable<WatchHeadMoved> Moves => Seen.Select(one => one.HeadMoved).OfType<WatchHeadMoved>();

    public IEnumerable<Google.Protobuf.ByteString> Probes => Seen.Select(one => one.Probe?.Nonce).OfType<Google.Protobuf.ByteString>();

    public IEnumerable<WatchBeat> Beats => Seen.Select(one => one.Beat).OfType<WatchBeat>();

    /// <summary>From now on the reader takes nothing more.</summary>
    public void Hold() => _held ??= new TaskCompletionSource();

    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    public void Leave() => _gone.Cancel();

    private async Task RunAsync(Relay relay, Session session, WatchRequest request)
    {
        try
        {
            await relay.Watches.RunAsync(session, request, SendAsync, _gone.Token);
        }
        catch (RelayFaultException e)
        {
            Ended = e.Fault;
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task SendAsync(WatchResponse response, CancellationToken cancellation)
    {
        Seen.Add(response);
        if (_held is { } held)
        {
            await held.Task.WaitAsync(cancellation);
        }
    }
}
