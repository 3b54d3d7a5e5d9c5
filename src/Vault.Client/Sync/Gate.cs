namespace Vault.Client.Sync;

/// <summary>
/// One thing at a time, in the order asked for, on one context: what makes "one loop, one writer" true while operations of the
/// front door run beside the loop. No thread ever blocks on it, and it never hops.
/// </summary>
internal sealed class Gate
{
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _held;

    /// <summary>Whether something has its turn.</summary>
    public bool IsHeld => _held;

    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        if (_held)
        {
            var turn = new TaskCompletionSource();
            _waiting.Enqueue(turn);
            await turn.Task;
        }

        _held = true;
        try
        {
            return await work();
        }
        finally
        {
            if (_waiting.TryDequeue(out var next))
            {
                next.SetResult();
            }
            else
            {
                _held = false;
            }
        }
    }

    public Task RunAsync(Func<Task> work) => RunAsync(async () =>
    {
        await work();
        return true;
    });
}
