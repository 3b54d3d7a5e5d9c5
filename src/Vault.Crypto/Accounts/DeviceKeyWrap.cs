using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Seams;

namespace Vault.Crypto.Accounts;

/// <summary>A device's signing key on its own disk, boxed under the storage key: a locked device cannot sign.</summary>
public static class DeviceKeyWrap
{
    /// <summary>The boxed seed, 113 bytes.</summary>
    public static byte[] Seal(SecretBytes storageKey, AccountId account, SigningKey device, IRandomSource random)
    {
        using var seed = SecretBytes.Allocate(SigningKey.SeedSize);
        device.ExportSeed(seed.Writable);
        return Box.Seal(storageKey.Bytes, Context(account, KeyIds.OfDevice(device.PublicKey)), seed.Bytes, random);
    }

    /// <summary>The device's key; null when it does not open, or is not the key that the device is named by.</summary>
    public static SigningKey? Open(SecretBytes storageKey, AccountId account, DeviceId device, ReadOnlySpan<byte> wrap)
    {
        if (!Box.TryOpen(storageKey.Bytes, Context(account, device), wrap, out var seed))
        {
            return null;
        }

        var key = seed.Length == SigningKey.SeedSize ? SigningKey.FromSeed(seed) : null;
        seed.AsSpan().Clear();
        if (key is not null && KeyIds.OfDevice(key.PublicKey) != device)
        {
            key.Dispose();
            key = null;
        }

        return key;
    }

    private static BoxContext Context(AccountId account, DeviceId device) =>
        BoxContext.For(Purpose.BoxDeviceKey, account.ToArray(), device.ToArray());
}
