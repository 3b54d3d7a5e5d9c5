using Vault.Client.Accounts;

namespace Vault.Client;

/// <summary>The own account.</summary>
public sealed class VaultAccounts
{
    /// <summary>Makes an account, registers it, makes its personal group. Leaves the client unlocked. The kit is returned once.</summary>
    public Task<EmergencyKit> RegisterAsync(Registration registration, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Makes this home a further device of an account. Leaves the client unlocked.</summary>
    public Task<AccountView> LoginAsync(Login login, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Brings the daily keys into memory; works without a relay. WRONG_PASSWORD, REPLICA_CHANGED, KEY_MISMATCH.</summary>
    public Task UnlockAsync(ReadOnlyMemory<byte> passwordUtf8, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Sends what can be sent within the given time, then wipes every key but the sync key.</summary>
    public Task LockAsync(TimeSpan flush, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Who this home is; works locked (names are then empty).</summary>
    public AccountView WhoAmI() => throw new NotImplementedException();

    /// <summary>Devices of the account as verified here.</summary>
    public IReadOnlyList<DeviceView> Devices() => throw new NotImplementedException();
}
