using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>The account on this device.</summary>
internal sealed record AccountPart(
    string AccountId, string? Name, string DeviceId, string? DeviceName, string Relay, string? PersonalGroupId)
{
    public static AccountPart Of(AccountView account) => new(
        account.AccountId,
        Text.OrNull(account.Name),
        account.DeviceId,
        Text.OrNull(account.DeviceName),
        account.Relay,
        Text.OrNull(account.PersonalGroupId));
}

/// <summary>svault.account.whoami/v1</summary>
internal sealed record AccountDocument(string Schema, AccountPart Account, string State);

/// <summary>svault.account.login/v1</summary>
internal sealed record LoginDocument(string Schema, AccountPart Account, DevicePart[] Devices);

/// <summary>svault.account.register/v1. The secrets are null when they went into a kit file.</summary>
internal sealed record RegisterDocument(string Schema, AccountPart Account, string? SecretKey, string? RecoveryCode, string? Kit);

/// <summary>A device of the account.</summary>
internal sealed record DevicePart(string Id, bool ThisDevice, bool Ended)
{
    public static DevicePart Of(DeviceView device) => new(device.Id, device.ThisDevice, device.Ended);
}
