using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Replicas;

/// <summary>How a group came to be followed.</summary>
internal enum Follow
{
    /// <summary>In the personal group's list, or the personal group itself.</summary>
    Accepted = 1,

    /// <summary>This device asked to join; not a member yet, or not accepted yet.</summary>
    Asked = 2,

    /// <summary>Left, removed, or declined.</summary>
    Over = 3,
}

/// <summary>A followed group as it stands in the table.</summary>
internal sealed record GroupRow(
    GroupId Id, Follow Follow, ReadPoint From, EntryId? Floor, AccountId? Opener, bool UpdateNeeded, ChainHead? Recorded, ulong EpochFloor);

/// <summary>Chain bodies as signed, followed groups, authenticated heads.</summary>
internal sealed class ChainTables(ReplicaDatabase database)
{
    public List<SignedEntry> AccountEntries(AccountId account) => database.QueryReadable(
        "SELECT entry FROM account_entry WHERE account=$a ORDER BY seq",
        row => SignedEntry.Parser.ParseFrom(row.GetFieldValue<byte[]>(0)),
        ("$a", account.ToArray()));

    public void AddAccountEntry(AccountId account, ulong seq, SignedEntry entry) => database.Execute(
        "INSERT OR REPLACE INTO account_entry VALUES ($a, $s, $e)",
        ("$a", account.ToArray()), ("$s", (long)seq), ("$e", entry.ToByteArray()));

    public List<GroupRow> Groups() => database.QueryReadable(
        "SELECT id, follow, token, position, floor, opener, update_needed, recorded_seq, recorded_id, epoch_floor FROM grp ORDER BY id",
        row => new GroupRow(
            GroupId.Parse(row.GetFieldValue<byte[]>(0)),
            (Follow)row.GetInt32(1),
            row.IsDBNull(2) ? ReadPoint.Start : new ReadPoint(ByteString.CopyFrom(row.GetFieldValue<byte[]>(2)), row.GetInt32(3)),
            row.IsDBNull(4) ? null : EntryId.Parse(row.GetFieldValue<byte[]>(4)),
            row.IsDBNull(5) ? null : AccountId.Parse(row.GetFieldValue<byte[]>(5)),
            row.GetInt32(6) != 0,
            row.IsDBNull(7) ? null : new ChainHead((ulong)row.GetInt64(7), EntryId.Parse(row.GetFieldValue<byte[]>(8))),
            (ulong)row.GetInt64(9)));

    public void SetGroup(GroupId group, Follow follow, EntryId? floor = null, AccountId? opener = null) => database.Execute(
        """
        INSERT INTO grp (id, follow, floor, opener) VALUES ($g, $f, $l, $o)
        ON CONFLICT (id) DO UPDATE SET follow=$f, floor=coalesce($l, floor), opener=coalesce($o, opener)
        """,
        ("$g", group.ToArray()), ("$f", (int)follow), ("$l", floor?.ToArray()), ("$o", opener?.ToArray()));

    public void SetFrom(GroupId group, ReadPoint from) => database.Execute(
        "UPDATE grp SET token=$t, position=$p WHERE id=$g",
        ("$g", group.ToArray()), ("$t", from.Token.IsEmpty ? null : from.Token.ToByteArray()), ("$p", from.Position));

    public void SetUpdateNeeded(GroupId group, bool needed) => database.Execute(
        "UPDATE grp SET update_needed=$u WHERE id=$g", ("$g", group.ToArray()), ("$u", needed ? 1 : 0));

    /// <summary>The head that the personal group's record names, for while this client is locked and cannot read the record.</summary>
    public void SetRecorded(GroupId group, ChainHead? head) => database.Execute(
        "UPDATE grp SET recorded_seq=$s, recorded_id=$i WHERE id=$g",
        ("$g", group.ToArray()), ("$s", (long?)head?.Seq), ("$i", head?.Id.ToArray()));

    public List<SignedEntry> Commits(GroupId group, ulong from = 0) => database.QueryReadable(
        "SELECT entry FROM group_commit WHERE grp=$g AND seq>=$s ORDER BY seq",
        row => SignedEntry.Parser.ParseFrom(row.GetFieldValue<byte[]>(0)),
        ("$g", group.ToArray()), ("$s", (long)from));

    public void AddCommit(GroupId group, ChainHead head, SignedEntry entry, long appliedMs) => database.Execute(
        "INSERT OR REPLACE INTO group_commit (grp, seq, id, entry, applied_ms) VALUES ($g, $s, $i, $e, $a)",
        ("$g", group.ToArray()), ("$s", (long)head.Seq), ("$i", head.Id.ToArray()), ("$e", entry.ToByteArray()), ("$a", appliedMs));

    /// <summary>When the commit at a position was applied here, by the wall clock. 0: not noted, or not here.</summary>
    public long AppliedMs(GroupId group, ulong seq) => database.Query(
        "SELECT applied_ms FROM group_commit WHERE grp=$g AND seq=$s", row => row.GetInt64(0),
        ("$g", group.ToArray()), ("$s", (long)seq)).FirstOrDefault();

    public (ChainHead Head, Hash32 StateHash, byte[] Mac)? ReadMac(Hash32 chain)
    {
        var rows = database.QueryReadable(
            "SELECT seq, id, state_hash, mac FROM chain_mac WHERE chain=$c",
            row => (
                new ChainHead((ulong)row.GetInt64(0), EntryId.Parse(row.GetFieldValue<byte[]>(1))),
                Hash32.Parse(row.GetFieldValue<byte[]>(2)),
                row.GetFieldValue<byte[]>(3)),
            ("$c", chain.ToArray()));
        return rows.Count == 0 ? null : rows[0];
    }

    public void WriteMac(Hash32 chain, ChainHead head, Hash32 stateHash, byte[] mac) => database.Execute(
        "INSERT OR REPLACE INTO chain_mac VALUES ($c, $s, $i, $h, $m)",
        ("$c", chain.ToArray()), ("$s", (long)head.Seq), ("$i", head.Id.ToArray()), ("$h", stateHash.ToArray()), ("$m", mac));
}
