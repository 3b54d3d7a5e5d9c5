using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Replicas;

/// <summary>An attestation as it was when it was checked, and this device's own times for it, by the wall clock.</summary>
internal sealed record StoredAttestation(
    GroupId Group, DeviceId Device, ulong Counter, Attestation Attestation, long HeardMs, long SignedAfterMs);

/// <summary>The newest attestation of each device of each group. They only warn, so a row that cannot be read is passed over.</summary>
internal sealed class AttestationTable(ReplicaDatabase database)
{
    public List<StoredAttestation> All() => database.QueryReadable(
        "SELECT grp, device, counter, bytes, heard_ms, signed_after_ms FROM attestation ORDER BY grp, device",
        row => new StoredAttestation(
            GroupId.Parse(row.GetFieldValue<byte[]>(0)),
            DeviceId.Parse(row.GetFieldValue<byte[]>(1)),
            (ulong)row.GetInt64(2),
            Attestation.Parser.ParseFrom(row.GetFieldValue<byte[]>(3)),
            row.GetInt64(4),
            row.GetInt64(5)));

    /// <summary>
    /// Forgets what cannot be read: the relay brings it again. Of this device's own the counter stays, because nobody would hear a lower
    /// one, and no relay brings it.
    /// </summary>
    public void DeleteUnreadable(DeviceId own)
    {
        foreach (var (group, device, bytes) in database.Query(
            "SELECT grp, device, bytes FROM attestation ORDER BY grp, device",
            row => (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2))))
        {
            if (group.Length == Hash32.Size && device.AsSpan().SequenceEqual(own.ToArray()))
            {
                if (!IsReadable(bytes))
                {
                    database.Execute("UPDATE attestation SET bytes=x'' WHERE grp=$g AND device=$d", ("$g", group), ("$d", device));
                }
            }
            else if (group.Length != Hash32.Size || device.Length != Hash32.Size || !IsReadable(bytes))
            {
                database.Execute("DELETE FROM attestation WHERE grp=$g AND device=$d", ("$g", group), ("$d", device));
            }
        }
    }

    private static bool IsReadable(byte[] bytes)
    {
        try
        {
            Attestation.Parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    /// <summary>The counter of a device's newest one, also where the rest of the row cannot be read. 0: there is none.</summary>
    public ulong CounterOf(GroupId group, DeviceId device) => database.Query(
        "SELECT counter FROM attestation WHERE grp=$g AND device=$d", row => (ulong)row.GetInt64(0), ("$g", group.ToArray()), ("$d", device.ToArray()))
        .FirstOrDefault();

    public void Write(StoredAttestation stored) => database.Execute(
        "INSERT OR REPLACE INTO attestation (grp, device, counter, bytes, heard_ms, signed_after_ms) VALUES ($g, $d, $c, $b, $h, $s)",
        ("$g", stored.Group.ToArray()),
        ("$d", stored.Device.ToArray()),
        ("$c", (long)stored.Counter),
        ("$b", stored.Attestation.ToByteArray()),
        ("$h", stored.HeardMs),
        ("$s", stored.SignedAfterMs));

    public void Delete(GroupId group, DeviceId device) => database.Execute(
        "DELETE FROM attestation WHERE grp=$g AND device=$d", ("$g", group.ToArray()), ("$d", device.ToArray()));
}
