using Vault.Core.Ids;
using static Vault.Server.Stores.SqliteRows;

namespace Vault.Server.Stores;

/// <summary>
/// Takes a group back to an earlier head. Nothing that a relay does ever calls this: an operator does, with the relay stopped.
/// Members, invites and names of blobs are written anew from what the remaining commits say.
/// </summary>
internal static class SqliteRewind
{
    /// <summary>Commits after a position, as they are stored.</summary>
    public static List<StoredEntry> After(SqliteSession session, GroupId group, ulong seq) =>
        session.All(
            "SELECT seq, id, body, signatures FROM commits WHERE grp = $1 AND seq > $2 ORDER BY seq", Entry, group.ToArray(), Number(seq));

    /// <summary>Commits up to a position.</summary>
    public static List<StoredEntry> UpTo(SqliteSession session, GroupId group, ulong seq) =>
        session.All(
            "SELECT seq, id, body, signatures FROM commits WHERE grp = $1 AND seq <= $2 ORDER BY seq", Entry, group.ToArray(), Number(seq));

    /// <summary>A blob's bytes, if they are here.</summary>
    public static StoredBlob? Blob(SqliteSession session, GroupId group, BlobHash hash) =>
        session.One(
            "SELECT content FROM blobs WHERE grp = $1 AND hash = $2 AND content IS NOT NULL",
            row => new StoredBlob(hash, row.Bytes(0)), group.ToArray(), hash.ToArray());

    /// <summary>Cuts, in the caller's transaction. Commits: all that remain, ascending; the rest says what follows from them.</summary>
    public static void Cut(
        SqliteSession session,
        GroupId id,
        IReadOnlyList<StoredEntry> commits,
        IReadOnlyList<Membership> memberships,
        IReadOnlyList<BlobName> names,
        IReadOnlyList<StoredInvite> invites,
        DateTimeOffset at)
    {
        var (group, head) = (id.ToArray(), commits[^1].Head);
        session.Execute("UPDATE relay SET change = change + 1");
        session.Execute("DELETE FROM commits WHERE grp = $1 AND seq > $2", group, Number(head.Seq));
        var uninvited = session.All("SELECT account FROM members WHERE grp = $1 AND uninvited = 1 ORDER BY account", row => row.Bytes(0), group);
        session.Execute("DELETE FROM members WHERE grp = $1", group);
        foreach (var membership in memberships)
        {
            session.Execute(
                "INSERT INTO members (account, grp, ended_seq, ended_id, change) SELECT $1, $2, $3, $4, change FROM relay",
                membership.Account.ToArray(), group,
                membership.Ended is { } seq ? Number(seq.Seq) : null, membership.Ended is { } ended ? ended.Id.ToArray() : null);
        }

        foreach (var account in uninvited)
        {
            session.Execute("UPDATE members SET uninvited = 1 WHERE grp = $1 AND account = $2", group, account.ToArray());
        }

        session.Execute("DELETE FROM invites WHERE grp = $1", group);
        foreach (var invite in invites)
        {
            session.Execute(
                "INSERT OR IGNORE INTO invites (invite, grp, key, opener, opened_seq, opened_id) VALUES ($1, $2, $3, $4, $5, $6)",
                invite.Invite.ToArray(), group, Array(invite.Key), invite.Opener.ToArray(),
                Number(invite.Opened.Seq), invite.Opened.Id.ToArray());
        }

        session.Execute("DELETE FROM joins WHERE invite NOT IN (SELECT invite FROM invites)");
        Name(session, group, names, at);
        session.Execute(
            "UPDATE groups SET seq = $2, id = $3, change = (SELECT change FROM relay), "
            + "bytes = $4 + (SELECT coalesce(sum(size), 0) FROM blobs WHERE grp = $1 AND content IS NOT NULL) WHERE grp = $1",
            group, Number(head.Seq), head.Id.ToArray(), commits.Sum(commit => (long)commit.Bytes));
    }

    // What only the cut commits named is superseded from now on, and kept for its 30 days like everything superseded.
    private static void Name(SqliteSession session, byte[] group, IReadOnlyList<BlobName> names, DateTimeOffset at)
    {
        session.Execute("UPDATE blobs SET superseded_at = $2 WHERE grp = $1 AND names > 0", group, at.ToUnixTimeMilliseconds());
        session.Execute("UPDATE blobs SET names = 0 WHERE grp = $1", group);
        foreach (var name in names.Where(name => name.Delta > 0))
        {
            session.Execute(
                "INSERT INTO blobs (grp, hash, size, content, names) VALUES ($1, $2, $3, NULL, $4) "
                + "ON CONFLICT (grp, hash) DO UPDATE SET names = excluded.names, staged_at = NULL, superseded_at = NULL",
                group, name.Hash.ToArray(), name.Size, name.Delta);
        }

        session.Execute("DELETE FROM blobs WHERE grp = $1 AND names = 0 AND content IS NULL", group);
    }
}
