using System.Collections.Concurrent;

namespace Vault.Client;

/// <summary>
/// The thread that a client runs on in production. A client has no locks: everything it does happens on one
/// SynchronizationContext, which is this pump in production and the simulation's in tests; so what a seed replays is the code
/// that ships. Other threads enter by <see cref="InvokeAsync{T}(Func{Task{T}})"/>. Blocking work on the pump (one SQLite
/// commit, one Argon2id) delays this client only.
/// </summary>
public sealed class ClientPump : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly Thread _thread;

    /// <summary>Starts the thread.</summary>
    public ClientPump(string name = "vault-client")
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Runs a call on the pump and hands its result, or its exception, to the caller's thread.</summary>
    public Task<T> InvokeAsync<T>(Func<Task<T>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        // Continuations of outsiders must not run on the pump.
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ => Start(call, done), null);
        return done.Task;
    }

    /// <summary>Runs a call without a result on the pump.</summary>
    public Task InvokeAsync(Func<Task> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return InvokeAsync(async () =>
        {
            await call();
            return true;
        });
    }

    /// <summary>Runs a short synchronous call on the pump.</summary>
    public Task<T> InvokeAsync<T>(Func<T> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return InvokeAsync(() => Task.FromResult(call()));
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _queue.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // Stopped: what still completes has nobody left to tell.
        }
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nothing waits for the pump by blocking; post, or use InvokeAsync.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Stops the thread when its queue is empty. Dispose the clients on it first.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        if (Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
        {
            _thread.Join();
            _queue.Dispose();
        }
    }

    private static async void Start<T>(Func<Task<T>> call, TaskCompletionSource<T> done)
    {
        try
        {
            done.SetResult(await call());
        }
        catch (OperationCanceledException cancelled)
        {
            done.TrySetCanceled(cancelled.CancellationToken);
        }
#pragma warning disable CA1031 // Every exception belongs to the caller.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            done.TrySetException(thrown);
        }
    }

    private void Run()
    {
        SetSynchronizationContext(this);
        foreach (var (callback, state) in _queue.GetConsumingEnumerable())
        {
            callback(state);
        }
    }
}
