using Vault.Core;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>One account chain, its head row, the keys that find it and the locker that it names.</summary>
internal static class AccountCheck
{
    public static void Run(SqliteSession session, AccountId id, CheckReport report)
    {
        report.Accounts++;
        var where = $"account {id}";
        var account = id.ToArray();
        VerifiedAccount? state = null;
        string? broken = null;
        session.Each(
            "SELECT seq, id, body, signatures FROM entries WHERE account = $1 ORDER BY seq",
            row =>
            {
                report.Entries++;
                var stored = SqliteRows.Entry(row);
                var verdict = state is null ? AccountRules.Found(stored.Entry) : AccountRules.Extend(state, stored.Entry);
                if (!verdict.IsValid)
                {
                    broken = $"{where}, entry {stored.Head.Seq}: {verdict.Fault}";
                    return false;
                }

                state = verdict.Value;
                report.Require(state.Head == stored.Head, $"{where}, entry {stored.Head.Seq}: filed under another position or id");
                return true;
            },
            account);
        if (broken is not null)
        {
            report.Find(broken);
            return;
        }

        if (state is null)
        {
            report.Find($"{where}: a head without a chain");
            return;
        }

        report.Require(state.Id == id, $"{where}: the chain is that of {state.Id}");
        report.Require(SqliteReads.AccountHead(session, id) == state.Head, $"{where}: the head row is not the head of the chain, {state.Head.Seq}");
        CheckLogin(session, state, report, where);
    }

    private static void CheckLogin(SqliteSession session, VerifiedAccount state, CheckReport report, string where)
    {
        if (state.Login is not { } login)
        {
            report.Find($"{where}: no login");
            return;
        }

        var keys = login.Ways.Select(way => Hash32.Parse(TaggedHash.Of(Purpose.HashAuthKey, way.AuthKey.Span))).Order().ToList();
        var filed = session.All("SELECT key_hash FROM auth_keys WHERE account = $1 ORDER BY key_hash", row => row.Hash(0), state.Id.ToArray());
        report.Require(keys.SequenceEqual(filed), $"{where}: the auth keys that find it are not those in force");
        var named = login.Ways.Select(way => way.WrapHash).Append(login.DailyHash).Append(login.AuthorityHash)
            .Select(hash => BlobHash.Parse(hash.Span)).ToHashSet();
        var held = SqliteReads.Locker(session, state.Id);
        foreach (var blob in held)
        {
            report.Require(BlobHashes.Of(blob.Content.Span) == blob.Hash, $"{where}: locker part {blob.Hash} has other bytes");
        }

        report.Require(named.SetEquals(held.Select(blob => blob.Hash)), $"{where}: the locker parts held are not those that the chain names");
    }
}
