using Vault.Agent.Accounts;
using Vault.Client;
using Vault.Client.Accounts;
using Vault.Ipc.V1;
using Vault.Protocol.V1;
using AccountView = Vault.Ipc.V1.AccountView;
using DeviceView = Vault.Ipc.V1.DeviceView;

namespace Vault.Agent.Views;

/// <summary>The account and its devices, as the contract shows them.</summary>
internal static class AccountViews
{
    public static AccountView Of(Client.Accounts.AccountView account) => new()
    {
        AccountId = account.Account.ToString(),
        Name = account.Name,
        DeviceId = account.Device.ToString(),
        DeviceName = account.DeviceName,
        Relay = account.Relay,
        PersonalGroupId = account.PersonalGroup?.ToString() ?? "",
    };

    public static DeviceView Of(Client.Accounts.DeviceView device) => new()
    {
        Id = device.Id.ToString(),
        ThisDevice = device.IsThisDevice,
        Ended = device.Status != DeviceStatus.Active,
    };

    public static LockState LockOf(VaultClient client) => client.State switch
    {
        ClientState.NoAccount => LockState.NoAccount,
        ClientState.Locked => LockState.Locked,
        _ => LockState.Unlocked,
    };

    /// <summary>Until it locks by itself, milliseconds, at least 1. 0: it does not, or is not unlocked.</summary>
    public static ulong LocksInMs(VaultClient client, AutoLock autoLock) =>
        client.State == ClientState.Unlocked && autoLock.Left is { } left ? Math.Max(1, (ulong)left.TotalMilliseconds) : 0;
}
