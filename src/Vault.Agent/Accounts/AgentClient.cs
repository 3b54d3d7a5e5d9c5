using Vault.Client;
using Vault.Client.Accounts;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Agent.Accounts;

/// <summary>
/// The one client of this process, on its own pump: services ask it from any thread. It syncs and verifies from start to end,
/// locked or not; keys come by unlocking and go with the process.
/// </summary>
internal sealed class AgentClient : IAsyncDisposable
{
    private readonly ClientPump _pump = new();
    private readonly VaultClient _client;

    public AgentClient(VaultPaths paths, ClientSeams seams) =>
        _client = new VaultClient(new ClientOptions { HomeDirectory = Path.Combine(paths.StateDirectory, "vault") }, seams);

    /// <summary>Opens what is on disk, and starts to sync if there is an account.</summary>
    /// <exception cref="AgentException">The replica cannot be read.</exception>
    public Task OpenAsync() => RunInAnyHomeAsync(client =>
    {
        client.Open();
        if (client.State != ClientState.NoAccount)
        {
            client.Sync.Start();
        }

        return true;
    });

    /// <summary>
    /// Runs something on the client's pump that is about an account. Without one it is refused here, for all calls alike: an empty home
    /// has no groups to find and none that lag, so that otherwise it would be told of a wrong name, or that all is well.
    /// </summary>
    public Task<T> RunAsync<T>(Func<VaultClient, Task<T>> call) => RunInAnyHomeAsync(client => client.State == ClientState.NoAccount
        ? throw new AgentException(ExitCode.Locked, "This home holds no account. Register, or log in.", "svault register, or svault login")
        : call(client));

    /// <summary>Runs something short on the client's pump that is about an account.</summary>
    public Task<T> RunAsync<T>(Func<VaultClient, T> call) => RunAsync(client => Task.FromResult(call(client)));

    /// <summary>Runs something on the client's pump. What it refuses comes back as an <see cref="AgentException"/>.</summary>
    public async Task<T> RunInAnyHomeAsync<T>(Func<VaultClient, Task<T>> call)
    {
        try
        {
            return await _pump.InvokeAsync(() => AskAsync(call));
        }
        catch (VaultException refused)
        {
            throw Refusals.Of(refused);
        }
    }

    /// <summary>Runs something short on the client's pump.</summary>
    public Task<T> RunInAnyHomeAsync<T>(Func<VaultClient, T> call) => RunInAnyHomeAsync(client => Task.FromResult(call(client)));

    // Names are under lock too: what a locked client does not find may well be there.
    private async Task<T> AskAsync<T>(Func<VaultClient, Task<T>> call)
    {
        try
        {
            return await call(_client);
        }
        catch (VaultException refused) when (refused.Refusal == ClientRefusal.NotFound && _client.State == ClientState.Locked)
        {
            throw new AgentException(ExitCode.Locked, "The vault is locked. Unlock it first.", "svault unlock");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pump.InvokeAsync(async () =>
        {
            await _client.DisposeAsync();
            return true;
        });
        _pump.Dispose();
    }
}
