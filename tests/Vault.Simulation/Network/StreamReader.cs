using Grpc.Core;

namespace Vault.Simulation.Network;

/// <summary>The client's end of a stream.</summary>
internal sealed class StreamReader<T> : IAsyncStreamReader<T>
{
    private readonly Queue<T> _waiting = new();
    private TaskCompletionSource<bool>? _next;
    private TaskCompletionSource? _room;
    private RpcException? _failure;
    private bool _over;

    public T Current { get; private set; } = default!;

    /// <summary>Messages sent and not yet read.</summary>
    public int InFlight { get; set; }

    /// <summary>Completes when a message was read, or the stream ended.</summary>
    public Task Room() => (_room ??= new TaskCompletionSource()).Task;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_waiting.Count > 0)
        {
            Take();
            return Task.FromResult(true);
        }

        if (_over)
        {
            return _failure is null ? Task.FromResult(false) : Task.FromException<bool>(_failure);
        }

        var next = new TaskCompletionSource<bool>();
        _next = next;
        cancellationToken.Register(() => next.TrySetException(new RpcException(Status.DefaultCancelled)));
        return next.Task;
    }

    public void Add(T message)
    {
        if (_over)
        {
            return;
        }

        _waiting.Enqueue(message);
        if (_next is { } next)
        {
            _next = null;
            Take();
            next.TrySetResult(true);
        }
    }

    public void Finish(RpcException? failure)
    {
        if (_over)
        {
            return;
        }

        _over = true;
        _failure = failure;
        FreeRoom();
        if (_next is { } next)
        {
            _next = null;
            if (failure is null)
            {
                next.TrySetResult(false);
            }
            else
            {
                next.TrySetException(failure);
            }
        }
    }

    private void Take()
    {
        Current = _waiting.Dequeue();
        InFlight--;
        FreeRoom();
    }

    private void FreeRoom()
    {
        var room = _room;
        _room = null;
        room?.TrySetResult();
    }
}
