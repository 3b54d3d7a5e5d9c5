using Vault.Core.Ids;

namespace Vault.Server.Stores;

/// <summary>
/// What the tail asks. One writer numbers its writes in the order in which they commit, so everything up to the newest
/// number that a snapshot shows is in that snapshot: a cursor passes nothing over.
/// </summary>
internal static class SqliteChanges
{
    // A write touches few rows, so a step of so many writes is bounded.
    private const long StepWrites = 1_000;

    public static StoreChanges Read(SqliteSession session, StoreCursor? after)
    {
        var (newest, beat) = session.One("SELECT change, beat FROM relay", row => (row.GetInt64(0), unchecked((ulong)row.GetInt64(1))));
        if (after is null || after.Position >= newest)
        {
            return new StoreChanges(new StoreCursor(newest), false, beat, [], [], [], [], []);
        }

        var from = after.Position;
        var to = Math.Min(newest, from + StepWrites);
        return new StoreChanges(
            new StoreCursor(to),
            to < newest,
            beat,
            session.All(
                "SELECT grp, seq, id FROM groups WHERE change > $1 AND change <= $2 ORDER BY change, grp",
                row => (new GroupId(row.Hash(0)), row.Head(1, 2)), from, to),
            session.All(
                "SELECT account, grp, ended_seq, ended_id FROM members WHERE change > $1 AND change <= $2 ORDER BY change, account, grp",
                SqliteReads.Membership, from, to),
            session.All(
                "SELECT account, seq, id FROM accounts WHERE change > $1 AND change <= $2 ORDER BY change, account",
                row => (new AccountId(row.Hash(0)), row.Head(1, 2)), from, to),
            session.All(
                "SELECT grp, account, device, counter, body, signature FROM attestations WHERE change > $1 AND change <= $2 "
                + "ORDER BY change, grp, device",
                SqliteReads.Attestation, from, to),
            session.All(
                "SELECT i.grp, i.invite, i.opener FROM joins j JOIN invites i ON i.invite = j.invite "
                + "WHERE j.change > $1 AND j.change <= $2 ORDER BY j.change, i.invite",
                row => (new GroupId(row.Hash(0)), new InviteId(row.Hash(1)), new AccountId(row.Hash(2))), from, to));
    }
}
