using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Replicas;

/// <summary>Where a chain was forked, and the two entries.</summary>
internal sealed record ForkRow(ulong Seq, SignedEntry Ours, SignedEntry Theirs);

/// <summary>A fork that stops its chain.</summary>
/// <param name="KeepsMine">A person keeps this device's branch; the relay does not have it yet.</param>
/// <param name="IsKeptThere">Nobody chose, and the relay keeps this device's branch for its operator to pick.</param>
internal sealed record OpenFork(ulong Seq, bool KeepsMine, bool IsKeptThere);

/// <summary>What a branch that was given up said of a member.</summary>
/// <param name="Role">Null: removed, or gone.</param>
internal sealed record LostChange(AccountId Account, Role? Role);

/// <summary>Evidence of forks, and what is kept of branches that were given up. Nothing here is ever deleted but settled changes of people.</summary>
internal sealed class ForkTables(ReplicaDatabase database)
{
    /// <summary>Two valid signed entries on one prev, of a group's chain or of the own account's.</summary>
    public void Add(Hash32 chain, ulong seq, SignedEntry ours, SignedEntry theirs) => database.Execute(
        """
        INSERT INTO fork (grp, seq, ours, theirs) VALUES ($g, $s, $o, $t)
        ON CONFLICT (grp, seq) DO UPDATE SET ours=$o, theirs=$t, settled=0, choice=0 WHERE settled=1
        """,
        ("$g", chain.ToArray()), ("$s", (long)seq), ("$o", ours.ToByteArray()), ("$t", theirs.ToByteArray()));

    /// <summary>The two entries of each fork of a chain, the earliest first, as far as they can be read.</summary>
    public List<ForkRow> Of(Hash32 chain) => database.QueryReadable(
        "SELECT seq, ours, theirs FROM fork WHERE grp=$g ORDER BY seq",
        row => new ForkRow(
            (ulong)row.GetInt64(0),
            SignedEntry.Parser.ParseFrom(row.GetFieldValue<byte[]>(1)),
            SignedEntry.Parser.ParseFrom(row.GetFieldValue<byte[]>(2))),
        ("$g", chain.ToArray()));

    /// <summary>Where a chain is forked and nobody settled it, whatever of the evidence can be read.</summary>
    public List<OpenFork> Unsettled(Hash32 chain) => database.Query(
        "SELECT seq, choice FROM fork WHERE grp=$g AND settled=0 ORDER BY seq",
        row => new OpenFork((ulong)row.GetInt64(0), row.GetInt32(1) == 1, row.GetInt32(1) == 2),
        ("$g", chain.ToArray()));

    /// <summary>A side was chosen, and the relay shows it.</summary>
    public void Settle(Hash32 chain) => database.Execute("UPDATE fork SET settled=1 WHERE grp=$g", ("$g", chain.ToArray()));

    /// <summary>A person keeps this device's branch.</summary>
    public void KeepMine(Hash32 chain) => database.Execute("UPDATE fork SET choice=1 WHERE grp=$g AND settled=0", ("$g", chain.ToArray()));

    /// <summary>The relay keeps this device's branch beside its own chain, and nobody chose yet.</summary>
    public void KeptThere(Hash32 chain) =>
        database.Execute("UPDATE fork SET choice=2 WHERE grp=$g AND settled=0 AND choice=0", ("$g", chain.ToArray()));

    /// <summary>Moves commits from a position on out of the chain, to where they are only kept.</summary>
    public void GiveUp(GroupId group, ulong from)
    {
        database.Execute(
            "INSERT OR IGNORE INTO lost_commit SELECT grp, seq, id, entry FROM group_commit WHERE grp=$g AND seq>=$s",
            ("$g", group.ToArray()), ("$s", (long)from));
        database.Execute("DELETE FROM group_commit WHERE grp=$g AND seq>=$s", ("$g", group.ToArray()), ("$s", (long)from));

        // What this device signed on that branch and nobody confirmed can never stand on another.
        database.Execute("UPDATE journal SET state=2 WHERE grp=$g AND seq>=$s AND state=0", ("$g", group.ToArray()), ("$s", (long)from));
    }

    /// <summary>How many commits of branches that were given up are kept.</summary>
    public int LostCommits(GroupId group) => (int)database.Query(
        "SELECT count(*) FROM lost_commit WHERE grp=$g", row => row.GetInt64(0), ("$g", group.ToArray()))[0];

    public void SetEpochFloor(GroupId group, ulong epoch) => database.Execute(
        "UPDATE grp SET epoch_floor=$e WHERE id=$g", ("$g", group.ToArray()), ("$e", (long)epoch));

    public void AddChange(GroupId group, LostChange change) => database.Execute(
        "INSERT OR REPLACE INTO lost_change VALUES ($g, $a, $r)",
        ("$g", group.ToArray()), ("$a", change.Account.ToArray()), ("$r", (int)(change.Role ?? Role.Unspecified)));

    public List<LostChange> Changes(GroupId group) => database.QueryReadable(
        "SELECT account, role FROM lost_change WHERE grp=$g ORDER BY account",
        row => new LostChange(AccountId.Parse(row.GetFieldValue<byte[]>(0)), row.GetInt32(1) == 0 ? null : (Role)row.GetInt32(1)),
        ("$g", group.ToArray()));

    public void DropChange(GroupId group, AccountId account) => database.Execute(
        "DELETE FROM lost_change WHERE grp=$g AND account=$a", ("$g", group.ToArray()), ("$a", account.ToArray()));
}
