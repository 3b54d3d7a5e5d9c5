using Vault.Client.Accounts;
using Vault.Client.Groups;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Protocol.V1;

namespace Vault.Client;

/// <summary>The own account.</summary>
public sealed class VaultAccounts
{
    private readonly ClientCore _core;
    private readonly Registrar _registrar;
    private readonly LoginFlow _login;
    private readonly HomeWriter _home;
    private readonly Unlocker _unlocker;
    private readonly SyncLoop _loop;
    private readonly GroupReader _reader;

    internal VaultAccounts(
        ClientCore core, Registrar registrar, LoginFlow login, HomeWriter home, Unlocker unlocker, SyncLoop loop, GroupReader reader)
    {
        _core = core;
        _registrar = registrar;
        _login = login;
        _home = home;
        _unlocker = unlocker;
        _loop = loop;
        _reader = reader;
    }

    /// <summary>
    /// Makes an account, registers it, makes its personal group. Leaves the client unlocked. The kit is returned once and kept
    /// nowhere. HasAccount, BadArgument, REGISTRATION_CLOSED, BAD_PIN; offline: nothing was made.
    /// </summary>
    public Task<EmergencyKit> RegisterAsync(Registration registration, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(registration);
        return _core.Gate.RunAsync(() => _registrar.RegisterAsync(registration, cancellation));
    }

    /// <summary>
    /// Makes this home a further device of an account. Leaves the client unlocked and, as far as the relay answers, synced.
    /// WRONG_PASSWORD, LOCKER_MISMATCH, ACCOUNT_MISMATCH, NotConfirmed, BAD_PIN.
    /// </summary>
    public async Task<AccountView> LoginAsync(Login login, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(login);
        await _core.Gate.RunAsync(() => _login.LoginAsync(login, cancellation));
        try
        {
            await _loop.RoundAsync(null, cancellation);
            await _loop.RoundAsync(null, cancellation);
        }
        catch (VaultException notNow) when (notNow.IsOffline || notNow.Code is FaultCode.StoreUnavailable or FaultCode.RateLimited or FaultCode.RecoveryWindow)
        {
            // The device is in, which a refusal of what comes next must not hide: who tries again is told of the account that is here. What
            // is missing comes with the loop.
        }

        LearnName();
        return WhoAmI();
    }

    /// <summary>
    /// Brings the daily keys into memory; works without a relay unless the locker changed. WRONG_PASSWORD, REPLICA_CHANGED,
    /// KEY_MISMATCH, NoAccount. Nothing to do when unlocked.
    /// </summary>
    public Task UnlockAsync(ReadOnlyMemory<byte> passwordUtf8, CancellationToken cancellation = default) =>
        _core.Gate.RunAsync(() => _unlocker.UnlockAsync(passwordUtf8, cancellation));

    /// <summary>Sends what can be sent within the given time, then wipes every key but the sync key.</summary>
    public async Task LockAsync(TimeSpan flush, CancellationToken cancellation = default)
    {
        if (_core.Keys is null)
        {
            return;
        }

        if (flush > TimeSpan.Zero && _core.Replica.Outbox.All().Any(edit => !edit.Quarantined))
        {
            using var enough = new CancellationTokenSource(flush, _core.Seams.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellation);
            try
            {
                await _loop.RoundAsync(null, either.Token);
            }
            catch (Exception stopped) when (stopped is VaultException or OperationCanceledException)
            {
                // What was not sent stays in the outbox until the next unlock.
            }
        }

        await _core.Gate.RunAsync(() =>
        {
            _unlocker.Lock();
            return Task.CompletedTask;
        });
    }

    /// <summary>Who this home is; works locked (the name is then empty).</summary>
    public AccountView WhoAmI()
    {
        var account = _core.RequireAccount();
        return new AccountView(
            account.Id,
            OwnName(),
            account.Device,
            _core.Replica.Settings.ReadText(SettingTable.DeviceName),
            account.Relay.Text,
            account.State.PersonalGroup,
            account.State.Head.Seq);
    }

    /// <summary>Devices of the account as verified here, by id.</summary>
    public IReadOnlyList<DeviceView> Devices()
    {
        var account = _core.RequireAccount();
        return [.. account.State.Devices.Values.Select(device => new DeviceView(device.Id, device.Status, device.Id == account.Device))];
    }

    /// <summary>Changes the name of this device, which is local.</summary>
    public void SetDeviceName(string name)
    {
        _ = _core.RequireAccount();
        Registrar.RequireText(name, 0, 256, "A device name");
        _core.Replica.Database.Transact("device name", () => _core.Replica.Settings.WriteText(SettingTable.DeviceName, name));
    }

    internal static string OwnName(ClientCore core) =>
        core.Keys is { } keys ? LocalText.Open(keys.Daily.StorageKey, SettingTable.OwnName, core.Replica.Settings.Read(SettingTable.OwnName)) : "";

    private string OwnName() => OwnName(_core);

    // The personal group's first note bears the name that the person registered with.
    private void LearnName()
    {
        var account = _core.RequireAccount();
        if (OwnName().Length == 0 && account.State.PersonalGroup is { } id && _core.Groups.GetValueOrDefault(id) is { State: not null } personal
            && _reader.Names(personal).TryGetValue(account.Id, out var name))
        {
            _core.Replica.Database.Transact("own name", () => _home.WriteName(_core.RequireKeys().Daily.StorageKey, name));
        }
    }
}
