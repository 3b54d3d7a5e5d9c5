using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Crypto.Accounts;

/// <summary>
/// The daily part of a locker, what an unlocked agent keeps: every sealing key the account ever had, and the storage key that
/// wraps the device's signing key and authenticates the replica. No unlock key, locker key or identity key is among it.
/// </summary>
public sealed class DailySecrets : IDisposable
{
    private readonly List<SealingKey> _sealingKeys;

    private DailySecrets(List<SealingKey> sealingKeys, SecretBytes storageKey)
    {
        _sealingKeys = sealingKeys;
        StorageKey = storageKey;
    }

    /// <summary>Sealing keys, oldest first; the last is current.</summary>
    public IReadOnlyList<SealingKey> SealingKeys => _sealingKeys;

    /// <summary>The sealing key that the account chain names now.</summary>
    public SealingKey CurrentSealingKey => _sealingKeys[^1];

    /// <summary>32 bytes; keys the boxes and the MAC on this device's disk.</summary>
    public SecretBytes StorageKey { get; }

    /// <summary>Fresh secrets for a new account.</summary>
    public static DailySecrets Create(IRandomSource random) =>
        new([SealingKey.Create(random)], SecretBytes.Create(random, Box.KeySize));

    /// <summary>Secrets after a rotation: a new sealing key behind the old ones, and a new storage key.</summary>
    public DailySecrets Rotate(IRandomSource random)
    {
        var keys = new List<SealingKey>();
        Span<byte> seed = stackalloc byte[SealingKey.SeedSize];
        foreach (var key in _sealingKeys)
        {
            key.ExportSeed(seed);
            keys.Add(SealingKey.FromSeed(seed));
        }

        seed.Clear();
        keys.Add(SealingKey.Create(random));
        return new DailySecrets(keys, SecretBytes.Create(random, Box.KeySize));
    }

    /// <summary>The sealing key with this id; null when the account never had it.</summary>
    public SealingKey? Find(ReadOnlySpan<byte> keyId)
    {
        foreach (var key in _sealingKeys)
        {
            if (key.KeyId.SequenceEqual(keyId))
            {
                return key;
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var key in _sealingKeys)
        {
            key.Dispose();
        }

        StorageKey.Dispose();
    }

    public override string ToString() => "DailySecrets(redacted)";

    internal LockerDaily ToMessage(AccountId account)
    {
        var message = new LockerDaily
        {
            Version = 1,
            Account = account.ToByteString(),
            StorageKey = ByteString.CopyFrom(StorageKey.Bytes),
        };
        Span<byte> seed = stackalloc byte[SealingKey.SeedSize];
        foreach (var key in _sealingKeys)
        {
            key.ExportSeed(seed);
            message.SealingSeeds.Add(ByteString.CopyFrom(seed));
        }

        seed.Clear();
        return message;
    }

    /// <summary>The secrets in a message; null when it is another account's, of another version, or misshapen.</summary>
    internal static DailySecrets? FromMessage(LockerDaily message, AccountId account)
    {
        if (message.Version != 1 || message.Account != account.ToByteString() || message.StorageKey.Length != Box.KeySize
            || message.SealingSeeds.Count == 0 || message.SealingSeeds.Any(seed => seed.Length != SealingKey.SeedSize))
        {
            return null;
        }

        return new DailySecrets(
            [.. message.SealingSeeds.Select(seed => SealingKey.FromSeed(seed.Span))],
            SecretBytes.CopyOf(message.StorageKey.Span));
    }
}
