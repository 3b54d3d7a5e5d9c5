namespace Vault.Server.Tests.Kit;

/// <summary>One thread, one queue: everything that is awaited on it resumes here, in the order in which it was posted.</summary>
internal sealed class Pump : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Work, object? State)> _queue = new();
    private readonly Queue<TaskCompletionSource> _idle = new();

    public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Resumes when nothing else is left to run.</summary>
    public Task IdleAsync()
    {
        var idle = new TaskCompletionSource();
        _idle.Enqueue(idle);
        return idle.Task;
    }

    /// <summary>Runs the work to its end; fails when it waits for something that nothing left can bring.</summary>
    public void Run(Func<Task> work)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = work();
            while (!task.IsCompleted)
            {
                if (_queue.TryDequeue(out var next))
                {
                    next.Work(next.State);
                }
                else if (_idle.TryDequeue(out var idle))
                {
                    idle.SetResult();
                }
                else
                {
                    throw new InvalidOperationException("The test waits, and nothing is left to run.");
                }
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
