using Vault.Core.Ids;
using static Vault.Server.Stores.SqliteRows;

namespace Vault.Server.Stores;

/// <summary>Writes to group chains and their blobs.</summary>
internal static class SqliteGroupWrites
{
    public static WriteStatus Append(SqliteSession session, StoreWrite.AppendGroup write)
    {
        if (SqliteReads.GroupHead(session, write.Group) != write.Expected)
        {
            return WriteStatus.HeadMoved;
        }

        var group = write.Group.ToArray();
        var bytes = session.One("SELECT bytes FROM groups WHERE grp = $1", row => row.GetInt64(0), group);
        foreach (var commit in write.Commits)
        {
            session.Execute(
                "INSERT INTO commits (grp, seq, id, body, signatures) VALUES ($1, $2, $3, $4, $5)",
                group, Number(commit.Head.Seq), commit.Head.Id.ToArray(), commit.Entry.Body.ToByteArray(), Signatures(commit.Entry));
            bytes += commit.Bytes;
        }

        // First the bytes, then the names: a blob that a later commit of this push supersedes is kept for its 30 days too.
        foreach (var blob in write.Blobs)
        {
            bytes += Fill(session, group, blob, stagedAt: null, onlyNamed: false);
        }

        Name(session, group, write.Names, write.At);

        foreach (var (hash, size) in write.Required)
        {
            if (session.One(
                "SELECT size FROM blobs WHERE grp = $1 AND hash = $2 AND content IS NOT NULL",
                row => row.GetInt32(0), group, hash.ToArray()) != size)
            {
                return WriteStatus.BlobMissing;
            }
        }

        var head = write.Commits[^1].Head;
        session.Execute(
            "INSERT OR REPLACE INTO groups (grp, seq, id, bytes, change) VALUES ($1, $2, $3, $4, (SELECT change FROM relay))",
            group, Number(head.Seq), head.Id.ToArray(), bytes);
        Seat(session, write);
        Invite(session, group, write);
        if (write.Uninvited.Any(account => Uninvited(session, account.ToArray()) > write.UninvitedMax))
        {
            return WriteStatus.SeatedTooOften;
        }

        return bytes > write.QuotaBytes ? WriteStatus.OverQuota : WriteStatus.Applied;
    }

    public static List<BlobHash> Wanted(SqliteSession session, GroupId group) =>
        session.All(
            "SELECT hash FROM blobs WHERE grp = $1 AND content IS NULL AND names > 0 ORDER BY hash LIMIT 256",
            row => new BlobHash(row.Hash(0)),
            group.ToArray());

    public static WriteStatus Stage(SqliteSession session, StoreWrite.StageBlobs write)
    {
        var group = write.Group.ToArray();
        var bytes = session.One("SELECT bytes FROM groups WHERE grp = $1", row => (long?)row.GetInt64(0), group);
        if (bytes is null)
        {
            return WriteStatus.NotFound;
        }

        var before = bytes;
        foreach (var blob in write.Blobs)
        {
            bytes += Fill(session, group, blob, write.At, write.OnlyNamed);
        }

        session.Execute("UPDATE groups SET bytes = $2 WHERE grp = $1", group, bytes);
        return bytes > write.QuotaBytes && bytes > before ? WriteStatus.OverQuota : WriteStatus.Applied;
    }

    public static WriteStatus Delete(SqliteSession session, GroupId id)
    {
        var group = id.ToArray();
        if (session.Execute("DELETE FROM groups WHERE grp = $1", group) == 0)
        {
            return WriteStatus.NotFound;
        }

        session.Execute("DELETE FROM commits WHERE grp = $1", group);
        session.Execute("DELETE FROM blobs WHERE grp = $1", group);
        session.Execute("DELETE FROM members WHERE grp = $1", group);
        session.Execute("DELETE FROM joins WHERE invite IN (SELECT invite FROM invites WHERE grp = $1)", group);
        session.Execute("DELETE FROM invites WHERE grp = $1", group);
        session.Execute("DELETE FROM attestations WHERE grp = $1", group);
        return WriteStatus.Applied;
    }

    // A row without content is a live name whose bytes nobody has brought yet: what a refill still lacks.
    private static void Name(SqliteSession session, byte[] group, IReadOnlyList<BlobName> names, DateTimeOffset at)
    {
        foreach (var name in names)
        {
            var hash = name.Hash.ToArray();
            session.Execute(
                "INSERT INTO blobs (grp, hash, size, content, names) VALUES ($1, $2, $3, NULL, $4) "
                + "ON CONFLICT (grp, hash) DO UPDATE SET names = names + excluded.names, staged_at = NULL, "
                + "superseded_at = CASE WHEN names + excluded.names > 0 THEN NULL ELSE $5 END",
                group, hash, name.Size, name.Delta, at.ToUnixTimeMilliseconds());
            if (name.Delta <= 0)
            {
                session.Execute("DELETE FROM blobs WHERE grp = $1 AND hash = $2 AND names <= 0 AND content IS NULL", group, hash);
            }
        }
    }

    // Returns the bytes that the group grew by. Without a time the blob is not staged: the same write names it.
    private static long Fill(SqliteSession session, byte[] group, StoredBlob blob, DateTimeOffset? stagedAt, bool onlyNamed)
    {
        var hash = blob.Hash.ToArray();
        var filled = session.Execute(
            "UPDATE blobs SET content = $3 WHERE grp = $1 AND hash = $2 AND content IS NULL AND size = $4",
            group, hash, Array(blob.Content), blob.Content.Length);
        if (filled == 0 && !onlyNamed)
        {
            filled = session.Execute(
                "INSERT INTO blobs (grp, hash, size, content, names, staged_at) VALUES ($1, $2, $3, $4, 0, $5) "
                + "ON CONFLICT (grp, hash) DO NOTHING",
                group, hash, blob.Content.Length, Array(blob.Content), stagedAt?.ToUnixTimeMilliseconds());
        }

        return filled * (long)blob.Content.Length;
    }

    // How somebody came in stays when they go: else putting and removing again would count for nothing.
    private static void Seat(SqliteSession session, StoreWrite.AppendGroup write)
    {
        var uninvited = write.Uninvited.ToHashSet();
        foreach (var membership in write.Memberships)
        {
            session.Execute(
                "INSERT INTO members (account, grp, ended_seq, ended_id, change, uninvited) VALUES ($1, $2, $3, $4, (SELECT change FROM relay), $5) "
                + "ON CONFLICT (account, grp) DO UPDATE SET ended_seq = excluded.ended_seq, ended_id = excluded.ended_id, change = excluded.change, "
                + "uninvited = CASE WHEN excluded.ended_seq IS NULL THEN excluded.uninvited ELSE uninvited END",
                membership.Account.ToArray(), membership.Group.ToArray(),
                membership.Ended is { } seq ? Number(seq.Seq) : null, membership.Ended is { } ended ? ended.Id.ToArray() : null,
                uninvited.Contains(membership.Account) ? 1 : 0);
        }
    }

    private static int Uninvited(SqliteSession session, byte[] account) =>
        session.One("SELECT count(*) FROM members WHERE account = $1 AND uninvited = 1", row => row.GetInt32(0), account);

    // An invite key that another group has open already is not listed: the first stands, and the second's code finds the
    // first's invitation, which its hash refuses.
    private static void Invite(SqliteSession session, byte[] group, StoreWrite.AppendGroup write)
    {
        foreach (var invite in write.InvitesOpened)
        {
            session.Execute(
                "INSERT OR IGNORE INTO invites (invite, grp, key, opener, opened_seq, opened_id) VALUES ($1, $2, $3, $4, $5, $6)",
                invite.Invite.ToArray(), group, Array(invite.Key), invite.Opener.ToArray(),
                Number(invite.Opened.Seq), invite.Opened.Id.ToArray());
        }

        foreach (var closed in write.InvitesClosed)
        {
            var invite = closed.ToArray();
            if (session.Execute("DELETE FROM invites WHERE invite = $1 AND grp = $2", invite, group) > 0)
            {
                session.Execute("DELETE FROM joins WHERE invite = $1", invite);
            }
        }
    }
}
