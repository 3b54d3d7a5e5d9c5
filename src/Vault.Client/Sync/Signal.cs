namespace Vault.Client.Sync;

/// <summary>Wakes one waiting loop; remembers one call that came while nobody waited.</summary>
internal sealed class Signal(TimeProvider time)
{
    private TaskCompletionSource? _waiting;
    private bool _set;

    public void Set()
    {
        // The waiter may go on inside TrySetResult, and wait again: nothing of this call may touch what it leaves behind.
        if (_waiting is { } waiting)
        {
            _waiting = null;
            if (waiting.TrySetResult())
            {
                return;
            }
        }

        // Nobody waits, or somebody whose time ran out just now, who hears of it by the flag.
        _set = true;
    }

    /// <summary>Until set, or until so long has passed. True when it was set.</summary>
    public async Task<bool> WaitAsync(TimeSpan most, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_set)
        {
            _set = false;
            return true;
        }

        var waiting = new TaskCompletionSource();
        _waiting = waiting;
        using var timer = new CancellationTokenSource(most < TimeSpan.Zero ? TimeSpan.Zero : most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        using var ends = either.Token.Register(static state => ((TaskCompletionSource)state!).TrySetCanceled(), waiting);
        try
        {
            await waiting.Task;
            return true;
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            if (ReferenceEquals(_waiting, waiting))
            {
                _waiting = null;
            }
        }
    }
}
