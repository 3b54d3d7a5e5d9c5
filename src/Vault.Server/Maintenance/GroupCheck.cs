using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Server.Engine;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>One group chain, its head row, and the indexes of members, invites and blobs that follow from it.</summary>
internal static class GroupCheck
{
    public static void Run(SqliteSession session, GroupId id, CheckReport report)
    {
        report.Groups++;
        var where = $"group {id}";
        var commits = new List<VerifiedCommit>();
        var bytes = 0L;
        string? broken = null;
        session.Each(
            "SELECT seq, id, body, signatures FROM commits WHERE grp = $1 ORDER BY seq",
            row =>
            {
                report.Commits++;
                var stored = SqliteRows.Entry(row);
                var verdict = commits.Count == 0 ? GroupRules.Found(stored.Entry) : GroupRules.Extend(commits[^1].After, stored.Entry);
                if (!verdict.IsValid)
                {
                    broken = $"{where}, commit {stored.Head.Seq}: {verdict.Fault}";
                    return false;
                }

                bytes += stored.Bytes;
                commits.Add(verdict.Value);
                report.Require(verdict.Value.Head == stored.Head, $"{where}, commit {stored.Head.Seq}: filed under another position or id");
                return true;
            },
            id.ToArray());
        if (broken is not null)
        {
            report.Find(broken);
        }

        bytes += CheckContents(session, id, report, where);
        if (broken is not null)
        {
            return;
        }

        if (commits.Count == 0)
        {
            report.Find($"{where}: a head without a chain");
            return;
        }

        var state = commits[^1].After;
        report.Require(state.Id == id, $"{where}: the chain is that of {state.Id}");
        report.Require(SqliteReads.GroupHead(session, id) == state.Head, $"{where}: the head row is not the head of the chain, {state.Head.Seq}");
        var counted = session.One("SELECT bytes FROM groups WHERE grp = $1", row => row.GetInt64(0), id.ToArray());
        report.Require(counted == bytes, $"{where}: {counted} bytes are counted, {bytes} are there");
        CheckIndexes(session, id, state, new GroupDelta(null, commits), report, where);
    }

    // Every blob by its own bytes, whatever the chain says of it. Returns the bytes held.
    private static long CheckContents(SqliteSession session, GroupId id, CheckReport report, string where)
    {
        var bytes = 0L;
        session.Each(
            "SELECT hash, size, content FROM blobs WHERE grp = $1 AND content IS NOT NULL ORDER BY hash",
            row =>
            {
                var (hash, size, content) = (new BlobHash(row.Hash(0)), row.GetInt32(1), row.Bytes(2));
                bytes += size;
                report.Blobs++;
                report.BlobBytes += content.Length;
                report.Require(content.Length == size && BlobHashes.Of(content) == hash, $"{where}: blob {hash} has other bytes");
                return true;
            },
            id.ToArray());
        return bytes;
    }

    private static void CheckIndexes(SqliteSession session, GroupId id, VerifiedGroup state, GroupDelta delta, CheckReport report, string where)
    {
        var members = session.All(
            "SELECT account, grp, ended_seq, ended_id FROM members WHERE grp = $1 ORDER BY account", SqliteReads.Membership, id.ToArray());
        // Who deleted the account is listed nowhere, but is on the roster until somebody removes it.
        var accounts = members.Select(member => member.Account).ToHashSet();
        report.Require(
            members.SequenceEqual(delta.Memberships.Where(member => accounts.Contains(member.Account)))
                && delta.Memberships.All(member => accounts.Contains(member.Account) || SqliteReads.AccountHead(session, member.Account) is null),
            $"{where}: the members listed are not those of the chain");
        var invites = session.All("SELECT invite FROM invites WHERE grp = $1 ORDER BY invite", row => new InviteId(row.Hash(0)), id.ToArray());
        report.Require(
            invites.All(state.Invites.ContainsKey), $"{where}: an invite is listed that is not open");
        var names = session.All(
            "SELECT hash, size, names, content IS NOT NULL FROM blobs WHERE grp = $1 AND names > 0 ORDER BY hash",
            row => (Hash: new BlobHash(row.Hash(0)), Size: row.GetInt32(1), Names: row.GetInt32(2), Held: row.GetInt32(3) == 1),
            id.ToArray());
        report.Require(
            names.Select(name => (name.Hash, name.Names)).SequenceEqual(delta.Names.Where(name => name.Delta > 0).Select(name => (name.Hash, name.Delta))),
            $"{where}: the blobs counted as live are not those that live items name");
        var missing = names.Count(name => !name.Held);
        report.Require(missing == 0, $"{where}: {missing} blobs of live items are not here; a member's device brings them back");
    }
}
