using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Groups;

namespace Vault.Client.Accounts;

/// <summary>What an unlocked client holds: daily secrets, the device's signing key, group keys. No unlock, locker or identity key.</summary>
internal sealed class Keyring(AccountId account, DailySecrets daily, SigningKey device) : IDisposable
{
    private readonly SortedDictionary<GroupId, EpochKeys> _groups = [];

    public DailySecrets Daily { get; } = daily;

    public SigningKey Device { get; } = device;

    public EpochKeys Of(GroupId group)
    {
        if (!_groups.TryGetValue(group, out var keys))
        {
            keys = new EpochKeys(group, account);
            _groups.Add(group, keys);
        }

        return keys;
    }

    /// <summary>Forgets a group's keys: on another branch the same number may be another key.</summary>
    public void Forget(GroupId group)
    {
        if (_groups.Remove(group, out var keys))
        {
            keys.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var keys in _groups.Values)
        {
            keys.Dispose();
        }

        _groups.Clear();
        Daily.Dispose();
        Device.Dispose();
    }

    public override string ToString() => "Keyring(redacted)";
}
