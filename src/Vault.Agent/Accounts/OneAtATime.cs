using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Accounts;

/// <summary>Register, log in and unlock change what the whole process is: a second one meanwhile is told to wait, not queued.</summary>
internal sealed class OneAtATime
{
    private int _running;

    public async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            throw new AgentException(ExitCode.Busy, "Another account command is running.", "Try again when it is done.");
        }

        try
        {
            return await call();
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }
}
