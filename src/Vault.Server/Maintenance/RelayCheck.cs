using Microsoft.Data.Sqlite;
using Vault.Core.Ids;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>
/// Reads a relay's database and believes nothing of it: every chain is verified from its first entry with the rules that clients
/// use, and every row that only repeats what a chain says is compared with the chain. One snapshot, so a relay may go on
/// writing meanwhile; until the check ends its log grows.
/// </summary>
internal static class RelayCheck
{
    /// <exception cref="MaintenanceException">The file is no relay's database.</exception>
    public static CheckReport Run(string path)
    {
        var report = new CheckReport();
        try
        {
            using var session = RelayFile.OpenReadOnly(path);
            session.Execute("BEGIN DEFERRED");
            foreach (var problem in RelayFile.Problems(session))
            {
                report.Find($"database: {problem}");
            }

            foreach (var account in Ids(session, "SELECT account FROM accounts UNION SELECT account FROM entries ORDER BY 1"))
            {
                AccountCheck.Run(session, new AccountId(account), report);
            }

            foreach (var group in Ids(session, "SELECT grp FROM groups UNION SELECT grp FROM commits ORDER BY 1"))
            {
                GroupCheck.Run(session, new GroupId(group), report);
            }

            Strays(session, report);
            session.Execute("COMMIT");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == 11)
        {
            // What can be read was read; the rest is gone.
            report.Find($"database: {e.Message}");
        }

        return report;
    }

    // Rows of things that are not there any more.
    private static void Strays(SqliteSession session, CheckReport report)
    {
        foreach (var (table, column, owner) in (ReadOnlySpan<(string, string, string)>)
        [
            ("auth_keys", "account", "accounts"), ("lockers", "account", "accounts"), ("blobs", "grp", "groups"),
            ("members", "grp", "groups"), ("invites", "grp", "groups"), ("attestations", "grp", "groups"),
        ])
        {
            var strays = session.One(
                $"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT {column} FROM {owner})", row => row.GetInt64(0));
            report.Require(strays == 0, $"{table}: {strays} rows belong to nothing in {owner}");
        }

        var joins = session.One("SELECT count(*) FROM joins WHERE invite NOT IN (SELECT invite FROM invites)", row => row.GetInt64(0));
        report.Require(joins == 0, $"joins: {joins} requests wait for invites that are not open");
    }

    private static List<Hash32> Ids(SqliteSession session, string sql) => session.All(sql, row => row.Hash(0));
}
