using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>
/// A signal that one waiter waits for. Signals without a waiter are one, and are kept. The waiter resumes where the
/// scheduler posts, never inside <see cref="Set"/>: who rings is not held up by who listens.
/// </summary>
internal sealed class AsyncSignal(IRelayScheduler scheduler)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiter;
    private bool _set;

    public void Set()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            waiter = _waiter;
            _waiter = null;
            _set = waiter is null;
        }

        if (waiter is not null)
        {
            scheduler.Post(() => waiter.TrySetResult());
        }
    }

    /// <summary>Waits for the next signal. One waiter at a time.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter;
        lock (_gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_set)
            {
                _set = false;
                return;
            }

            if (_waiter is not null)
            {
                throw new InvalidOperationException("One waiter at a time.");
            }

            waiter = _waiter = new TaskCompletionSource();
        }

        using (cancellationToken.UnsafeRegister(static state => ((AsyncSignal)state!).Set(), this))
        {
            await waiter.Task;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
