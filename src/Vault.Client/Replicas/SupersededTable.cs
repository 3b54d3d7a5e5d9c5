using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Core.Groups;
using Vault.Core.Ids;

namespace Vault.Client.Replicas;

/// <summary>An item's former value whose blob is still here: what it opens under, and since when another took its place.</summary>
/// <param name="Seq">The commit that put it.</param>
/// <param name="Author">Who put it. Null: not known.</param>
/// <param name="SinceMs">Wall clock of this device when it was superseded; says only when it may be dropped.</param>
/// <param name="Bytes">Size of the blob.</param>
internal sealed record SupersededRow(ItemId Item, BlobHash Hash, ulong Epoch, ulong Seq, AccountId? Author, long SinceMs, long Bytes);

/// <summary>Former values of items, until they are dropped.</summary>
internal sealed class SupersededTable(ReplicaDatabase database)
{
    private const string Columns = "SELECT item, hash, epoch, seq, author, since_ms, bytes FROM superseded WHERE grp=$g ";

    /// <summary>
    /// Keeps a value whose blob is here. Returns its size; 0: the blob is not here, and nothing is noted. Whoever puts the same bytes
    /// again changes neither what opens them nor whose they are (attack: a copy under a newer epoch, or as a part of one's own flood).
    /// </summary>
    public long Add(GroupId group, LiveItem was, long sinceMs)
    {
        var bytes = database.Query(
            "SELECT length(content) FROM blob WHERE grp=$g AND hash=$h", row => row.GetInt64(0), ("$g", group.ToArray()), ("$h", was.BlobHash.ToArray())).FirstOrDefault();
        if (bytes > 0)
        {
            database.Execute(
                "INSERT INTO superseded (grp, item, hash, epoch, seq, author, since_ms, bytes) VALUES ($g, $i, $h, $e, $s, $a, $t, $b) "
                + "ON CONFLICT (grp, item, hash) DO UPDATE SET since_ms=excluded.since_ms",
                ("$g", group.ToArray()), ("$i", was.Id.ToArray()), ("$h", was.BlobHash.ToArray()), ("$e", (long)was.Epoch),
                ("$s", (long)was.Seq), ("$a", was.Author.ToArray()), ("$t", sinceMs), ("$b", bytes));
        }

        return bytes;
    }

    /// <summary>One item's former values, newest first.</summary>
    public List<SupersededRow> Of(GroupId group, ItemId item) => database.QueryReadable(
        Columns + "AND item=$i ORDER BY seq DESC, hash", Read, ("$g", group.ToArray()), ("$i", item.ToArray()));

    /// <summary>Those superseded before a moment, longest ago first.</summary>
    public List<SupersededRow> Before(GroupId group, long ms) => database.QueryReadable(
        Columns + "AND since_ms<$t ORDER BY since_ms, seq, item, hash", Read, ("$g", group.ToArray()), ("$t", ms));

    /// <summary>Items that have a former value.</summary>
    public List<ItemId> Items(GroupId group) => database.QueryReadable(
        "SELECT DISTINCT item FROM superseded WHERE grp=$g ORDER BY item", row => ItemId.Parse(row.GetFieldValue<byte[]>(0)), ("$g", group.ToArray()));

    public long TotalBytes(GroupId group) => database.Query(
        "SELECT coalesce(sum(bytes), 0) FROM superseded WHERE grp=$g", row => row.GetInt64(0), ("$g", group.ToArray()))[0];

    /// <summary>Forgets a value. True: no other item's former value is that blob.</summary>
    public bool Remove(GroupId group, SupersededRow row)
    {
        database.Execute(
            "DELETE FROM superseded WHERE grp=$g AND item=$i AND hash=$h",
            ("$g", group.ToArray()), ("$i", row.Item.ToArray()), ("$h", row.Hash.ToArray()));
        return database.Query(
            "SELECT 1 FROM superseded WHERE grp=$g AND hash=$h LIMIT 1", found => found.GetInt32(0), ("$g", group.ToArray()), ("$h", row.Hash.ToArray())).Count == 0;
    }

    private static SupersededRow Read(SqliteDataReader row) => new(
        ItemId.Parse(row.GetFieldValue<byte[]>(0)),
        BlobHash.Parse(row.GetFieldValue<byte[]>(1)),
        (ulong)row.GetInt64(2),
        (ulong)row.GetInt64(3),
        AccountId.TryParse(ByteString.CopyFrom(row.GetFieldValue<byte[]>(4)), out var author) ? author : null,
        row.GetInt64(5),
        row.GetInt64(6));
}
