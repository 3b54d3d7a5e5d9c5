using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Groups;
using Vault.Crypto.Passwords;

namespace Vault.Demo;

/// <summary>
/// Every key that a person could have kept: what their password and Secret Key open, and every group key that they were ever
/// given, reached through each seal and each wrap of the whole chain.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private KeyRing(DailySecrets daily, EpochKeys epochs, IReadOnlyList<byte[]> raw)
    {
        Daily = daily;
        Epochs = epochs;
        Raw = raw;
    }

    public DailySecrets Daily { get; }

    public EpochKeys Epochs { get; }

    /// <summary>Every 32-byte secret, whatever it was for.</summary>
    public IReadOnlyList<byte[]> Raw { get; }

    public static Task<KeyRing> OfAsync(RelayEvidence evidence, Person person)
    {
        var id = AccountId.Parse(Convert.FromHexString(person.AccountId));
        var (account, locker) = evidence.AccountOf(id);
        if (!SecretKey.TryParse(person.SecretKey, out var secretKey))
        {
            throw new InvalidOperationException("The Secret Key as shown does not parse.");
        }

        using (secretKey)
        using (var unlock = PasswordUnlock.Derive(person.PasswordBytes(), secretKey))
        {
            var daily = Locker.OpenDaily(account, unlock, locker).Value;
            var epochs = new EpochKeys(evidence.Group, id);
            foreach (var commit in evidence.Commits)
            {
                // A commit whose epoch is not for this person holds no seal of theirs; nothing is learnt from it.
                _ = epochs.Learn(commit, daily);
            }

            return Task.FromResult(new KeyRing(daily, epochs, RawOf(unlock, daily, epochs, locker, account)));
        }
    }

    public void Dispose()
    {
        Epochs.Dispose();
        Daily.Dispose();
    }

    private static List<byte[]> RawOf(
        UnlockKey unlock, DailySecrets daily, EpochKeys epochs, IReadOnlyList<byte[]> locker, Core.Accounts.VerifiedAccount account)
    {
        using var wrapKey = unlock.DeriveWrapKey();
        using var authKey = unlock.DeriveAuthKey();
        using var identity = Locker.OpenAuthority(account, unlock, locker).Value;
        var keys = new List<byte[]> { wrapKey.Bytes.ToArray(), daily.StorageKey.Bytes.ToArray() };
        Span<byte> seed = stackalloc byte[SigningKey.SeedSize];
        authKey.ExportSeed(seed);
        keys.Add(seed.ToArray());
        identity.ExportSeed(seed);
        keys.Add(seed.ToArray());
        foreach (var sealing in daily.SealingKeys)
        {
            sealing.ExportSeed(seed);
            keys.Add(seed.ToArray());
        }

        keys.AddRange(epochs.Known.Select(epoch => epochs.KeyOf(epoch)!.Bytes.ToArray()));
        return keys;
    }
}
