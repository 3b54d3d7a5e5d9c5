using Google.Protobuf;
using Vault.Client.Replicas;
using Vault.Client.Transport;
using Vault.Core.Accounts;
using Vault.Crypto;
using Vault.Crypto.Accounts;
using Vault.Crypto.Passwords;
using Vault.Protocol.V1;

namespace Vault.Client.Accounts;

/// <summary>Makes an empty home the home of a device: key files first, then one transaction that counts.</summary>
internal sealed class HomeWriter(ClientCore core)
{
    /// <summary>Everything that a device starts with. Owns nothing: the caller hands the keys on or wipes them.</summary>
    internal sealed record NewDevice(
        VerifiedAccount Account,
        List<SignedEntry> Entries,
        RelayAddress Relay,
        SecretKey SecretKey,
        DailySecrets Daily,
        SigningKey Device,
        SigningKey Sync,
        IReadOnlyList<byte[]> LockerBlobs,
        string Name,
        string DeviceName);

    public void Write(NewDevice made)
    {
        Span<byte> seed = stackalloc byte[SigningKey.SeedSize];
        core.Files.Write(KeyFiles.SecretKey, made.SecretKey.Bytes);
        made.Sync.ExportSeed(seed);
        core.Files.Write(KeyFiles.SyncKey, seed);
        seed.Clear();
        var random = core.Seams.Random;
        core.Files.Write(KeyFiles.DeviceKey, DeviceKeyWrap.Seal(made.Daily.StorageKey, made.Account.Id, made.Device, random));
        var device = Core.KeyIds.OfDevice(made.Device.PublicKey);
        var keys = new Keyring(made.Account.Id, made.Daily, made.Device);
        core.Replica.Database.Transact("home", () =>
        {
            var settings = core.Replica.Settings;
            settings.Write(SettingTable.Account, made.Account.Id.ToArray());
            settings.Write(SettingTable.Device, device.ToArray());
            settings.WriteText(SettingTable.Relay, made.Relay.Text);
            settings.WriteText(SettingTable.DeviceName, made.DeviceName);
            settings.Write(SettingTable.LockerBlobs, Pack(made.LockerBlobs));
            WriteName(made.Daily.StorageKey, made.Name);
            for (var i = 0; i < made.Entries.Count; i++)
            {
                core.Replica.Chains.AddAccountEntry(made.Account.Id, (ulong)i, made.Entries[i]);
            }

            ReplicaGuard.Write(core, keys, made.Account.Id.Value, made.Account.Head, made.Account.StateHash());
        });
        core.Account = new OwnAccount(made.Account, made.Entries, device, made.Relay, made.Sync);
        core.Keys = keys;
    }

    /// <summary>Inside a transaction: keeps the own name, boxed.</summary>
    public void WriteName(SecretBytes storageKey, string name) => core.Replica.Settings.Write(
        SettingTable.OwnName, LocalText.Seal(storageKey, SettingTable.OwnName, name, core.Seams.Random));

    public static byte[] Pack(IEnumerable<byte[]> blobs)
    {
        var packed = new GetLockerResponse();
        packed.LockerBlobs.Add(blobs.Select(ByteString.CopyFrom));
        return packed.ToByteArray();
    }

    public static List<byte[]> Unpack(byte[] packed) =>
        [.. GetLockerResponse.Parser.ParseFrom(packed).LockerBlobs.Select(blob => blob.ToByteArray())];
}
