using Google.Protobuf;
using Vault.Core.Ids;
using static Vault.Server.Stores.SqliteRows;

namespace Vault.Server.Stores;

/// <summary>Applies one write inside a savepoint. Whatever is not Applied is rolled back by the caller.</summary>
internal static class SqliteWrites
{
    public static WriteResult Apply(SqliteSession session, StoreWrite write)
    {
        session.Execute("UPDATE relay SET change = change + 1");
        var status = Judge(session, write);
        return (status, write) switch
        {
            (WriteStatus.Applied, StoreWrite.AppendGroup group) => new WriteResult(status, SqliteGroupWrites.Wanted(session, group.Group)),
            (WriteStatus.Applied, StoreWrite.StageBlobs blobs) => new WriteResult(status, SqliteGroupWrites.Wanted(session, blobs.Group)),
            _ => WriteResult.Of(status),
        };
    }

    private static WriteStatus Judge(SqliteSession session, StoreWrite write) => write switch
    {
        StoreWrite.AppendAccount account => SqliteAccountWrites.Append(session, account),
        StoreWrite.AppendGroup group => SqliteGroupWrites.Append(session, group),
        StoreWrite.StageBlobs blobs => SqliteGroupWrites.Stage(session, blobs),
        StoreWrite.KeepAttestations kept => Keep(session, kept),
        StoreWrite.PostJoin join => Post(session, join),
        StoreWrite.PostLink link => Post(session, link),
        StoreWrite.DeleteAccount account => SqliteAccountWrites.Delete(session, account.Account),
        StoreWrite.DeleteGroup group => SqliteGroupWrites.Delete(session, group.Group),
        StoreWrite.Beat => Beat(session),
        StoreWrite.Prune prune => Prune(session, prune),
        _ => throw new InvalidOperationException($"No such write: {write.GetType().Name}"),
    };

    private static WriteStatus Beat(SqliteSession session)
    {
        session.Execute("UPDATE relay SET beat = beat + 1");
        return WriteStatus.Applied;
    }

    private static WriteStatus Keep(SqliteSession session, StoreWrite.KeepAttestations write)
    {
        foreach (var one in write.Attestations)
        {
            var (group, device) = (one.Group.ToArray(), one.Device.ToArray());
            var held = session.One(
                "SELECT counter FROM attestations WHERE grp = $1 AND device = $2", row => unchecked((ulong)row.GetInt64(0)), group, device);
            if (one.Counter > held)
            {
                session.Execute(
                    "INSERT OR REPLACE INTO attestations (grp, device, account, counter, body, signature, change) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, (SELECT change FROM relay))",
                    group, device, one.Account.ToArray(), Number(one.Counter),
                    one.Attestation.Body.ToByteArray(), one.Attestation.Signature.ToByteArray());
            }
        }

        return WriteStatus.Applied;
    }

    private static WriteStatus Post(SqliteSession session, StoreWrite.PostJoin write)
    {
        var invite = write.Invite.ToArray();
        if (session.One("SELECT 1 FROM invites WHERE invite = $1", row => row.GetInt32(0), invite) == 0)
        {
            return WriteStatus.Occupied;
        }

        var request = write.Join.Request.ToByteArray();
        var held = session.One(
            "SELECT account, request FROM joins WHERE invite = $1",
            row => ((AccountId Account, byte[] Request)?)(new AccountId(row.Hash(0)), row.Bytes(1)), invite);
        if (held is { } waiting)
        {
            if (waiting.Account != write.Join.Account)
            {
                return WriteStatus.Occupied;
            }

            if (waiting.Request.AsSpan().SequenceEqual(request))
            {
                return WriteStatus.Applied;
            }
        }

        session.Execute(
            "INSERT OR REPLACE INTO joins (invite, account, request, posted_at, change) VALUES ($1, $2, $3, $4, (SELECT change FROM relay))",
            invite, write.Join.Account.ToArray(), request, write.Join.PostedAt.ToUnixTimeMilliseconds());
        return WriteStatus.Applied;
    }

    private static WriteStatus Post(SqliteSession session, StoreWrite.PostLink write)
    {
        var mailbox = write.Mailbox.ToArray();
        var steps = SqliteReads.Link(session, write.Mailbox);
        var box = Array(write.Box);
        if (steps.Count > 0 && write.At - steps[0].OpenedAt > write.Lifetime)
        {
            return WriteStatus.Occupied;
        }

        if (write.Step <= steps.Count)
        {
            return steps[write.Step - 1].Box.Span.SequenceEqual(box) ? WriteStatus.Applied : WriteStatus.Occupied;
        }

        if (write.Step != steps.Count + 1)
        {
            return WriteStatus.Occupied;
        }

        if (steps.Count == 0
            && session.One("SELECT count(*) FROM links WHERE step = 1", row => row.GetInt32(0)) >= write.MailboxesMax)
        {
            return WriteStatus.OverQuota;
        }

        var opened = steps.Count > 0 ? steps[0].OpenedAt : write.At;
        session.Execute(
            "INSERT INTO links (mailbox, step, box, opened_at) VALUES ($1, $2, $3, $4)",
            mailbox, write.Step, box, opened.ToUnixTimeMilliseconds());
        return WriteStatus.Applied;
    }

    private static WriteStatus Prune(SqliteSession session, StoreWrite.Prune write)
    {
        const string Gone =
            "names = 0 AND ((staged_at IS NOT NULL AND staged_at < $1) OR (superseded_at IS NOT NULL AND superseded_at < $2))";
        var staged = write.StagedBefore.ToUnixTimeMilliseconds();
        var superseded = write.SupersededBefore.ToUnixTimeMilliseconds();
        session.Execute(
            "UPDATE groups SET bytes = groups.bytes - d.bytes FROM (SELECT grp, sum(size) AS bytes FROM blobs "
            + $"WHERE content IS NOT NULL AND {Gone} GROUP BY grp) AS d WHERE groups.grp = d.grp",
            staged, superseded);
        session.Execute($"DELETE FROM blobs WHERE {Gone}", staged, superseded);
        session.Execute("DELETE FROM links WHERE opened_at < $1", write.LinksBefore.ToUnixTimeMilliseconds());
        return WriteStatus.Applied;
    }
}
