using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Replicas;

/// <summary>What became of an own signed commit.</summary>
internal enum JournalState
{
    /// <summary>Stored, and perhaps sent: the outcome is not known.</summary>
    Sent = 0,

    /// <summary>In the chain as pulled.</summary>
    Confirmed = 1,

    /// <summary>Another commit took its place: it can never stand.</summary>
    Overtaken = 2,
}

/// <summary>
/// An own signed commit with the edits and blobs it carries. Its bytes are read when they are wanted: one that was damaged on disk
/// keeps nothing from being pulled, and its id alone says whether it stands.
/// </summary>
internal sealed record JournalRow(ChainHead Head, GroupId Group, byte[] EntryBytes, byte[] OpsBytes, byte[] BlobsBytes, JournalState State)
{
    /// <exception cref="VaultException">REPLICA_CHANGED: what was signed can be neither sent again nor replaced.</exception>
    public SignedEntry Entry => Parse(SignedEntry.Parser, EntryBytes);

    public IReadOnlyList<OperationId> Ops =>
        [.. OpsBytes.Chunk(Limits.OperationIdBytes).Where(op => op.Length == Limits.OperationIdBytes).Select(op => OperationId.Parse(op))];

    /// <exception cref="VaultException">REPLICA_CHANGED.</exception>
    public PushRequest Blobs => Parse(PushRequest.Parser, BlobsBytes);

    /// <summary>Whether its bytes cannot be read any more.</summary>
    public bool IsDamaged
    {
        get
        {
            try
            {
                _ = (Entry, Blobs);
                return OpsBytes.Length % Limits.OperationIdBytes != 0;
            }
            catch (VaultException)
            {
                return true;
            }
        }
    }

    private T Parse<T>(MessageParser<T> parser, byte[] bytes)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw Damaged();
        }
    }

    private VaultException Damaged() => new(new Fault(FaultCode.ReplicaChanged, "journal").At(Group.Value, Head.Seq, null));
}

/// <summary>
/// Every commit that this device signed, stored before it is sent: after a crash or a lost answer the same bytes go again, so
/// nothing applies twice; and a commit of this device that is not here was signed by a copy of it.
/// </summary>
internal sealed class JournalTable(ReplicaDatabase database)
{
    public void Add(ChainHead head, GroupId group, SignedEntry entry, IReadOnlyList<OperationId> ops, IEnumerable<byte[]> blobs)
    {
        // The blobs lie in the message that will carry them.
        var carried = new PushRequest();
        carried.Blobs.Add(blobs.Select(blob => new Blob { Content = ByteString.CopyFrom(blob) }));
        database.Execute(
            "INSERT OR IGNORE INTO journal (id, grp, seq, entry, ops, blobs) VALUES ($i, $g, $s, $e, $o, $b)",
            ("$i", head.Id.ToArray()), ("$g", group.ToArray()), ("$s", (long)head.Seq), ("$e", entry.ToByteArray()),
            ("$o", ops.SelectMany(op => op.ToArray()).ToArray()), ("$b", carried.ToByteArray()));
    }

    public JournalRow? Find(EntryId id) => database.Query(
        "SELECT id, grp, seq, entry, ops, blobs, state FROM journal WHERE id=$i", Read, ("$i", id.ToArray())).FirstOrDefault();

    /// <summary>Commits whose outcome is not known, in the order they were signed.</summary>
    public List<JournalRow> InFlight(GroupId group) => database.Query(
        "SELECT id, grp, seq, entry, ops, blobs, state FROM journal WHERE grp=$g AND state=0 ORDER BY place", Read, ("$g", group.ToArray()));

    /// <summary>Whether there are such, whatever their bytes are.</summary>
    public bool HasInFlight(GroupId group) =>
        database.Query("SELECT 1 FROM journal WHERE grp=$g AND state=0 LIMIT 1", _ => true, ("$g", group.ToArray())).Count > 0;

    /// <summary>Groups with commits whose outcome is not known.</summary>
    public List<GroupId> GroupsInFlight() => database.QueryReadable(
        "SELECT DISTINCT grp FROM journal WHERE state=0 ORDER BY grp", row => GroupId.Parse(row.GetFieldValue<byte[]>(0)));

    /// <summary>Forgets a commit that nobody ever saw. One that was sent is never forgotten (attack: two signatures on one predecessor).</summary>
    public void Withdraw(EntryId id) => database.Execute("DELETE FROM journal WHERE id=$i AND state=0", ("$i", id.ToArray()));

    /// <summary>
    /// The id stays for ever. Body and blobs of a confirmed commit are in the chain's keeping; those of one that is said to be
    /// overtaken stay (attack: the relay denies a commit that it took, then withholds the blob).
    /// </summary>
    public void Settle(EntryId id, JournalState state) => database.Execute(
        state == JournalState.Confirmed
            ? "UPDATE journal SET state=1, entry=x'', blobs=x'' WHERE id=$i"
            : "UPDATE journal SET state=2 WHERE id=$i",
        ("$i", id.ToArray()));

    /// <summary>Up to here other commits stand in the verified chain, so what was overtaken can never stand: its blobs go.</summary>
    public void Forget(GroupId group, ulong seq) => database.Execute(
        "UPDATE journal SET blobs=x'' WHERE grp=$g AND state=2 AND seq<=$s AND blobs<>x''", ("$g", group.ToArray()), ("$s", (long)seq));

    private static JournalRow Read(SqliteDataReader row) => new(
        new ChainHead((ulong)row.GetInt64(2), EntryId.Parse(row.GetFieldValue<byte[]>(0))),
        GroupId.Parse(row.GetFieldValue<byte[]>(1)),
        row.GetFieldValue<byte[]>(3),
        row.GetFieldValue<byte[]>(4),
        row.GetFieldValue<byte[]>(5),
        (JournalState)row.GetInt32(6));
}
