using Vault.Core.Ids;
using static Vault.Server.Stores.SqliteRows;

namespace Vault.Server.Stores;

/// <summary>Writes to account chains and their lockers.</summary>
internal static class SqliteAccountWrites
{
    public static WriteStatus Append(SqliteSession session, StoreWrite.AppendAccount write)
    {
        if (SqliteReads.AccountHead(session, write.Account) != write.Expected)
        {
            return WriteStatus.HeadMoved;
        }

        var account = write.Account.ToArray();
        foreach (var entry in write.Entries)
        {
            session.Execute(
                "INSERT INTO entries (account, seq, id, body, signatures) VALUES ($1, $2, $3, $4, $5)",
                account, Number(entry.Head.Seq), entry.Head.Id.ToArray(), entry.Entry.Body.ToByteArray(), Signatures(entry.Entry));
        }

        if (write.Entries is [.., { Head: var head }])
        {
            session.Execute(
                "INSERT OR REPLACE INTO accounts (account, seq, id, change, locker_parts) VALUES ($1, $2, $3, (SELECT change FROM relay), $4)",
                account, Number(head.Seq), head.Id.ToArray(), write.LockerHashes.Distinct().Count());
        }

        session.Execute("DELETE FROM auth_keys WHERE account = $1", account);
        foreach (var key in write.AuthKeyHashes)
        {
            if (session.Execute("INSERT OR IGNORE INTO auth_keys (key_hash, account) VALUES ($1, $2)", key.ToArray(), account) == 0)
            {
                return WriteStatus.KeyTaken;
            }
        }

        return KeepLocker(session, write, account);
    }

    public static WriteStatus Delete(SqliteSession session, AccountId id)
    {
        var account = id.ToArray();
        if (session.Execute("DELETE FROM accounts WHERE account = $1", account) == 0)
        {
            return WriteStatus.NotFound;
        }

        session.Execute("DELETE FROM entries WHERE account = $1", account);
        session.Execute("DELETE FROM auth_keys WHERE account = $1", account);
        session.Execute("DELETE FROM lockers WHERE account = $1", account);
        session.Execute("DELETE FROM members WHERE account = $1", account);
        session.Execute("DELETE FROM attestations WHERE account = $1", account);
        session.Execute("DELETE FROM joins WHERE account = $1", account);
        return WriteStatus.Applied;
    }

    // What the chain names stays, what it does not name any more goes: an honest relay serves no old locker.
    private static WriteStatus KeepLocker(SqliteSession session, StoreWrite.AppendAccount write, byte[] account)
    {
        foreach (var blob in write.LockerBlobs)
        {
            session.Execute(
                "INSERT OR IGNORE INTO lockers (account, hash, content) VALUES ($1, $2, $3)",
                account, blob.Hash.ToArray(), Array(blob.Content));
        }

        var held = SqliteReads.Locker(session, write.Account).Select(blob => blob.Hash).ToHashSet();
        foreach (var hash in held.Where(hash => !write.LockerHashes.Contains(hash)).Order())
        {
            session.Execute("DELETE FROM lockers WHERE account = $1 AND hash = $2", account, hash.ToArray());
        }

        return write.IsOnCredit || write.LockerHashes.All(held.Contains) ? WriteStatus.Applied : WriteStatus.BlobMissing;
    }
}
