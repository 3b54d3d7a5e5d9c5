using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Server.Stores.SqliteRows;

namespace Vault.Server.Stores;

/// <summary>The reads of one chain, one mailbox, one poll; each inside one read transaction of its caller.</summary>
internal static class SqliteReads
{
    public static AccountPage? Account(SqliteSession session, AccountId account, ulong fromSeq, int bytesMax)
    {
        var head = AccountHead(session, account);
        if (head is null)
        {
            return null;
        }

        var entries = Page(
            session,
            "SELECT seq, id, body, signatures FROM entries WHERE account = $1 AND seq >= $2 ORDER BY seq",
            account.ToArray(), fromSeq, bytesMax);
        return new AccountPage(head.Value, entries, entries.Count > 0 && entries[^1].Head.Seq < head.Value.Seq);
    }

    public static ChainHead? AccountHead(SqliteSession session, AccountId account) =>
        session.One("SELECT seq, id FROM accounts WHERE account = $1", row => (ChainHead?)row.Head(0, 1), account.ToArray());

    public static ChainHead? GroupHead(SqliteSession session, GroupId group) =>
        session.One("SELECT seq, id FROM groups WHERE grp = $1", row => (ChainHead?)row.Head(0, 1), group.ToArray());

    public static AccountId? AccountOfKey(SqliteSession session, Hash32 keyHash) =>
        session.One("SELECT account FROM auth_keys WHERE key_hash = $1", row => (AccountId?)new AccountId(row.Hash(0)), keyHash.ToArray());

    public static List<StoredBlob> Locker(SqliteSession session, AccountId account) =>
        session.All(
            "SELECT hash, content FROM lockers WHERE account = $1 ORDER BY hash",
            row => new StoredBlob(new BlobHash(row.Hash(0)), row.Bytes(1)),
            account.ToArray());

    public static GroupPage? Group(SqliteSession session, GroupId group, ChainHead? after, int bytesMax, AccountId? reader)
    {
        var head = GroupHead(session, group);
        if (head is null)
        {
            return null;
        }

        var membership = reader is { } account
            ? session.One(
                "SELECT account, grp, ended_seq, ended_id FROM members WHERE account = $1 AND grp = $2",
                Membership, account.ToArray(), group.ToArray())
            : null;
        if (after is { } known && !Stands(session, group, known))
        {
            return new GroupPage(head.Value, false, [], false, membership);
        }

        var fromSeq = after is { } last ? last.Seq + 1 : 0;
        var commits = bytesMax == 0
            ? []
            : Page(
                session,
                "SELECT seq, id, body, signatures FROM commits WHERE grp = $1 AND seq >= $2 ORDER BY seq",
                group.ToArray(), fromSeq, bytesMax);
        var reached = commits.Count > 0 ? commits[^1].Head.Seq + 1 : fromSeq;
        return new GroupPage(head.Value, true, commits, reached <= head.Value.Seq, membership);
    }

    public static BlobPage Blobs(SqliteSession session, GroupId group, IReadOnlyList<BlobHash> hashes, int bytesMax, bool liveOnly)
    {
        var found = new List<StoredBlob>();
        var absent = new List<BlobHash>();
        var total = 0L;
        foreach (var hash in hashes)
        {
            var size = session.One(
                "SELECT size FROM blobs WHERE grp = $1 AND hash = $2 AND content IS NOT NULL AND (names > 0 OR $3 = 0)",
                row => (int?)row.GetInt32(0), group.ToArray(), hash.ToArray(), liveOnly ? 1 : 0);
            if (size is null)
            {
                absent.Add(hash);
            }
            else if (found.Count == 0 || total + size <= bytesMax)
            {
                total += size.Value;
                found.Add(session.One(
                    "SELECT content FROM blobs WHERE grp = $1 AND hash = $2",
                    row => new StoredBlob(hash, row.Bytes(0)), group.ToArray(), hash.ToArray())!);
            }
        }

        return new BlobPage(found, absent);
    }

    public static Overview Overview(SqliteSession session, OverviewQuery query)
    {
        var account = query.Account.ToArray();
        var groups = session.All(
            "SELECT m.account, m.grp, m.ended_seq, m.ended_id, g.seq, g.id, "
            + "EXISTS (SELECT 1 FROM blobs b WHERE b.grp = m.grp AND b.content IS NULL AND b.names > 0) "
            + "FROM members m JOIN groups g ON g.grp = m.grp WHERE m.account = $1 ORDER BY m.grp",
            row => (Membership(row), row.Head(4, 5), row.GetBoolean(6)),
            account);
        var attestations = new List<Attestation>();
        foreach (var (membership, _, _) in groups)
        {
            if (!membership.IsMember || attestations.Count >= query.AttestationsMax)
            {
                continue;
            }

            session.Each(
                "SELECT grp, account, device, counter, body, signature FROM attestations WHERE grp = $1 ORDER BY device",
                row =>
                {
                    var one = Attestation(row);
                    if (one.Device != query.Device && one.Counter > query.Known.GetValueOrDefault((one.Group, one.Device)))
                    {
                        attestations.Add(one.Attestation);
                    }

                    return attestations.Count < query.AttestationsMax;
                },
                membership.Group.ToArray());
        }

        var joins = session.One(
            "SELECT count(*) FROM invites i JOIN joins j ON j.invite = i.invite WHERE i.opener = $1", row => row.GetInt32(0), account);
        var wantsLocker = session.One(
            "SELECT coalesce(locker_parts, 0) > (SELECT count(*) FROM lockers l WHERE l.account = a.account) FROM accounts a WHERE a.account = $1",
            row => row.GetBoolean(0), account);
        var uninvited = session.One(
            "SELECT count(*) FROM members WHERE account = $1 AND uninvited = 1", row => row.GetInt32(0), account);
        return new Overview(AccountHead(session, query.Account), groups, attestations, joins, wantsLocker, uninvited);
    }

    public static List<StoredInvite> Invites(SqliteSession session, InviteQuery query) =>
        session.All(
            "SELECT i.invite, i.grp, i.key, i.opener, i.opened_seq, i.opened_id, j.account, j.request, j.posted_at "
            + "FROM invites i LEFT JOIN joins j ON j.invite = i.invite WHERE i.invite = $1 OR i.grp = $2 "
            + "ORDER BY j.posted_at, i.invite",
            row => new StoredInvite(
                new InviteId(row.Hash(0)), new GroupId(row.Hash(1)), row.Bytes(2), new AccountId(row.Hash(3)), row.Head(4, 5),
                row.IsDBNull(6) ? null : new StoredJoin(new AccountId(row.Hash(6)), JoinRequest.Parser.ParseFrom(row.Bytes(7)), row.Time(8)))
            {
                Commit = query.Invite is null ? null : CommitAt(session, row.Bytes(1), row.Head(4, 5)),
            },
            query.Invite?.ToArray(), query.Group?.ToArray());

    public static List<StoredLink> Link(SqliteSession session, Hash32 mailbox) =>
        session.All(
            "SELECT step, box, opened_at FROM links WHERE mailbox = $1 ORDER BY step",
            row => new StoredLink(row.GetInt32(0), row.Bytes(1), row.Time(2)),
            mailbox.ToArray());

    public static Membership Membership(Microsoft.Data.Sqlite.SqliteDataReader row) =>
        new(new AccountId(row.Hash(0)), new GroupId(row.Hash(1)), row.IsDBNull(2) ? null : row.Head(2, 3));

    public static StoredAttestation Attestation(Microsoft.Data.Sqlite.SqliteDataReader row) => new(
        new GroupId(row.Hash(0)), new AccountId(row.Hash(1)), new DeviceId(row.Hash(2)), unchecked((ulong)row.GetInt64(3)),
        new Attestation { Body = row.ByteString(4), Signature = row.ByteString(5) });

    private static SignedEntry? CommitAt(SqliteSession session, byte[] group, ChainHead head) =>
        session.One(
            "SELECT seq, id, body, signatures FROM commits WHERE grp = $1 AND seq = $2 AND id = $3",
            row => Entry(row).Entry, group, Number(head.Seq), head.Id.ToArray());

    public static bool Stands(SqliteSession session, GroupId group, ChainHead head) =>
        session.One(
            "SELECT id FROM commits WHERE grp = $1 AND seq = $2", row => (Hash32?)row.Hash(0), group.ToArray(), Number(head.Seq))
        == head.Id.Value;

    private static List<StoredEntry> Page(SqliteSession session, string sql, byte[] chain, ulong fromSeq, int bytesMax)
    {
        var entries = new List<StoredEntry>();
        var total = 0L;
        session.Each(
            sql,
            row =>
            {
                var entry = Entry(row);
                total += entry.Bytes;
                if (entries.Count > 0 && total > bytesMax)
                {
                    return false;
                }

                entries.Add(entry);
                return true;
            },
            chain, Number(fromSeq));
        return entries;
    }
}
