using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Crypto;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Replicas;

/// <summary>
/// An edit that the chain does not hold yet: what the person saw, and what they made of it, both boxed under the storage key.
/// So an edit is a difference that can be laid over whatever the item has become; it is never a commit.
/// </summary>
internal sealed record OutboxRow(
    long Place, OperationId Op, GroupId Group, ItemId Item, BlobHash? BaseHash, byte[]? BaseBox, byte[]? EditBox, byte[]? DeleteBox, bool Quarantined, Fault? Fault, long MadeMs)
{
    public const ulong BasePart = 0;
    public const ulong EditPart = 1;
    public const ulong DeletePart = 2;

    /// <summary>No new content: the item is to be deleted for ever.</summary>
    public bool IsDelete => EditBox is null;

    /// <summary>
    /// Whether it deletes and nobody said so here: a row without content is easily written by whoever holds a locked home, and would be
    /// signed after the next unlock (attack: edit the replica while locked, so that its owner deletes everything).
    /// </summary>
    public bool IsForgedDelete(SecretBytes storageKey) => IsDelete && (DeleteBox is null || Open(storageKey, DeleteBox, DeletePart) is null);

    /// <summary>What the person saw. Null: the item was new to them.</summary>
    public Item? OpenBase(SecretBytes storageKey) => BaseBox is null ? null : Open(storageKey, BaseBox, BasePart);

    /// <summary>What they made of it.</summary>
    public Item? OpenEdit(SecretBytes storageKey) => EditBox is null ? null : Open(storageKey, EditBox, EditPart);

    public static byte[] Seal(
        SecretBytes storageKey, OperationId op, GroupId group, ItemId item, ulong part, Item plain, IRandomSource random) =>
        PaddedBox.Seal(storageKey.Bytes, Context(op, group, item, part), plain, random);

    private Item? Open(SecretBytes storageKey, byte[] box, ulong part) =>
        PaddedBox.Open(storageKey.Bytes, Context(Op, Group, Item, part), box, Protocol.V1.Item.Parser);

    private static BoxContext Context(OperationId op, GroupId group, ItemId item, ulong part) =>
        BoxContext.For(Purpose.BoxOutbox, group.ToArray(), item.ToArray(), op.ToArray(), part);
}

/// <summary>The outbox, in the order that edits were made.</summary>
internal sealed class OutboxTable(ReplicaDatabase database)
{
    private const string Columns = "SELECT place, op_id, grp, item, base_hash, base_box, edit_box, delete_box, state, fault, made_ms FROM outbox ";

    public List<OutboxRow> Of(GroupId group) =>
        database.QueryReadable(Columns + "WHERE grp=$g ORDER BY place", Read, ("$g", group.ToArray()));

    public List<OutboxRow> Of(GroupId group, ItemId item) => database.QueryReadable(
        Columns + "WHERE grp=$g AND item=$i ORDER BY place", Read, ("$g", group.ToArray()), ("$i", item.ToArray()));

    public List<OutboxRow> All() => database.QueryReadable(Columns + "ORDER BY place", Read);

    public int Count(GroupId? group) => (int)database.Query(
        "SELECT count(*) FROM outbox WHERE $g IS NULL OR grp=$g", row => row.GetInt64(0), ("$g", group?.ToArray()))[0];

    public OutboxRow? Find(OperationId op) => database.Query(Columns + "WHERE op_id=$o", Read, ("$o", op.ToArray())).FirstOrDefault();

    public void Add(OperationId op, GroupId group, ItemId item, BlobHash? baseHash, byte[]? baseBox, byte[]? editBox, byte[]? deleteBox, long madeMs) => database.Execute(
        "INSERT INTO outbox (op_id, grp, item, base_hash, base_box, edit_box, delete_box, made_ms) VALUES ($o, $g, $i, $h, $b, $e, $d, $m)",
        ("$o", op.ToArray()), ("$g", group.ToArray()), ("$i", item.ToArray()), ("$h", baseHash?.ToArray()), ("$b", baseBox), ("$e", editBox), ("$d", deleteBox), ("$m", madeMs));

    /// <summary>Adds an edit before all that wait: they were made of what it makes.</summary>
    public void AddFirst(OperationId op, GroupId group, ItemId item, BlobHash? baseHash, byte[]? baseBox, byte[]? editBox, byte[]? deleteBox, long madeMs) => database.Execute(
        "INSERT INTO outbox (place, op_id, grp, item, base_hash, base_box, edit_box, delete_box, made_ms) "
        + "SELECT coalesce(min(place), 1) - 1, $o, $g, $i, $h, $b, $e, $d, $m FROM outbox",
        ("$o", op.ToArray()), ("$g", group.ToArray()), ("$i", item.ToArray()), ("$h", baseHash?.ToArray()), ("$b", baseBox), ("$e", editBox), ("$d", deleteBox), ("$m", madeMs));

    public void Delete(OperationId op) => database.Execute("DELETE FROM outbox WHERE op_id=$o", ("$o", op.ToArray()));

    public void Quarantine(OperationId op, Fault fault) => database.Execute(
        "UPDATE outbox SET state=1, fault=$f WHERE op_id=$o", ("$o", op.ToArray()), ("$f", fault.ToWire().ToByteArray()));

    /// <summary>Where the last of some edits of each item stands.</summary>
    public Dictionary<ItemId, long> LastPlaces(IEnumerable<OperationId> ops)
    {
        var places = new Dictionary<ItemId, long>();
        foreach (var (item, place) in ops.SelectMany(op => database.Query(
            "SELECT item, place FROM outbox WHERE op_id=$o", row => (ItemId.Parse(row.GetFieldValue<byte[]>(0)), row.GetInt64(1)), ("$o", op.ToArray()))))
        {
            places[item] = Math.Max(places.GetValueOrDefault(item, place), place);
        }

        return places;
    }

    /// <summary>Edits that stand after a place and were made from one value were made from another. Null: from an item that no commit held yet.</summary>
    public void Rebase(GroupId group, ItemId item, long after, BlobHash? from, BlobHash to) => database.Execute(
        "UPDATE outbox SET base_hash=$t WHERE grp=$g AND item=$i AND place>$a AND base_hash IS $f",
        ("$g", group.ToArray()), ("$i", item.ToArray()), ("$a", after), ("$f", from?.ToArray()), ("$t", to.ToArray()));

    public void Release(OperationId op) =>
        database.Execute("UPDATE outbox SET state=0, fault=NULL WHERE op_id=$o", ("$o", op.ToArray()));

    private static OutboxRow Read(SqliteDataReader row) => new(
        row.GetInt64(0),
        OperationId.Parse(row.GetFieldValue<byte[]>(1)),
        GroupId.Parse(row.GetFieldValue<byte[]>(2)),
        ItemId.Parse(row.GetFieldValue<byte[]>(3)),
        row.IsDBNull(4) ? null : BlobHash.Parse(row.GetFieldValue<byte[]>(4)),
        row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6),
        row.IsDBNull(7) ? null : row.GetFieldValue<byte[]>(7),
        row.GetInt32(8) == 1,
        row.IsDBNull(9) ? null : Fault.FromWire(FaultInfo.Parser.ParseFrom(row.GetFieldValue<byte[]>(9))),
        row.GetInt64(10));
}
