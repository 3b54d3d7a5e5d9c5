namespace Vault.Client.Accounts;

/// <summary>Names of the key files of a home.</summary>
internal static class KeyFiles
{
    /// <summary>The Secret Key, 16 bytes.</summary>
    public const string SecretKey = "secret-key";

    /// <summary>The sync key's seed, 32 bytes: sessions and attestations only.</summary>
    public const string SyncKey = "sync-key";

    /// <summary>The device's signing key, boxed under the storage key.</summary>
    public const string DeviceKey = "device-key";
}
