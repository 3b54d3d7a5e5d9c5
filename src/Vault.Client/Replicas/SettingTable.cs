using System.Text;

namespace Vault.Client.Replicas;

/// <summary>Local settings by name; never sent anywhere.</summary>
internal sealed class SettingTable(ReplicaDatabase database)
{
    public const string Account = "account";
    public const string Device = "device";
    public const string Relay = "relay";
    public const string DeviceName = "device-name";
    public const string OwnName = "own-name";
    public const string LockerBlobs = "locker-blobs";

    public byte[]? Read(string name) =>
        database.Query("SELECT value FROM setting WHERE name=$n", row => row.GetFieldValue<byte[]>(0), ("$n", name)).FirstOrDefault();

    public string ReadText(string name) => Read(name) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";

    public void Write(string name, byte[] value) =>
        database.Execute("INSERT INTO setting VALUES ($n, $v) ON CONFLICT (name) DO UPDATE SET value=$v", ("$n", name), ("$v", value));

    public void WriteText(string name, string value) => Write(name, Encoding.UTF8.GetBytes(value));

    public void Delete(string name) => database.Execute("DELETE FROM setting WHERE name=$n", ("$n", name));
}
