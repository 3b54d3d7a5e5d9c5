using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Hosting;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>What a pick did.</summary>
/// <param name="Cut">What had to make room; null when the branch followed on the head.</param>
/// <param name="Settled">Where the files lie now in which these commits were kept when they were cut off.</param>
internal sealed record Picked(GroupId Group, ChainHead Head, int Commits, Cut? Cut, IReadOnlyList<string> Settled);

/// <summary>Makes the commits of a file the branch that the relay serves. What stands after their predecessor makes room, into a file.</summary>
internal static class Pick
{
    /// <exception cref="MaintenanceException">The file is none, or its commits do not follow on any commit here.</exception>
    public static Picked Run(SqliteSession session, string directory, string from, DateTimeOffset now)
    {
        var (group, entries, blobs) = SuffixFile.Read(from);
        var head = SqliteReads.GroupHead(session, group) ?? throw new MaintenanceException(ExitCodes.NotFound, $"No group {group} is here.");
        if (!Canonical.TryParse(GroupBody.Parser, entries[0].Body, out var first) || first.Seq == 0 || first.Seq - 1 > head.Seq)
        {
            throw new MaintenanceException(ExitCodes.Conflict, $"The first commit of {from} does not follow on this chain, which ends at {head.Seq}.");
        }

        var commits = Verify(session, group, first.Seq - 1, entries, from);
        if (SqliteRewind.After(session, group, first.Seq - 1) is var standing
            && standing.Select(commit => commit.Head).Take(commits.Count).SequenceEqual(commits.Take(standing.Count).Select(commit => commit.Head))
            && standing.Count >= commits.Count)
        {
            throw new MaintenanceException(ExitCodes.Conflict, $"The commits of {from} stand already.");
        }

        var cut = head.Seq > first.Seq - 1 ? Truncation.Run(session, directory, group, first.Seq - 1, now) : null;
        Append(session, group, commits, blobs, now);
        List<string> settled =
        [
            .. SuffixFile.CutOf(directory, group, first.Seq).Where(file => SuffixFile.BeginsWith(file, group, entries[0])).Select(SuffixFile.Settle),
        ];
        return new Picked(group, commits[^1].Head, commits.Count, cut, settled);
    }

    private static List<VerifiedCommit> Verify(SqliteSession session, GroupId group, ulong upTo, IReadOnlyList<SignedEntry> entries, string from)
    {
        var before = GroupRules.Verify([.. SqliteRewind.UpTo(session, group, upTo).Select(stored => stored.Entry)]);
        if (!before.IsValid)
        {
            throw new MaintenanceException(ExitCodes.Damaged, $"The chain here is not valid: {before.Fault}");
        }

        var commits = new List<VerifiedCommit>();
        var state = before.Value;
        foreach (var entry in entries)
        {
            var verdict = GroupRules.Extend(state, entry);
            commits.Add(verdict.IsValid
                ? verdict.Value
                : throw new MaintenanceException(ExitCodes.Damaged, $"A commit of {from} does not follow on this chain: {verdict.Fault}"));
            state = verdict.Value.After;
        }

        return commits;
    }

    private static void Append(
        SqliteSession session, GroupId group, List<VerifiedCommit> commits, IReadOnlyList<StoredBlob> blobs, DateTimeOffset now)
    {
        var before = GroupRules.Verify([.. SqliteRewind.UpTo(session, group, commits[0].Head.Seq - 1).Select(stored => stored.Entry)]).Value;
        var delta = new GroupDelta(before, commits);
        var write = new StoreWrite.AppendGroup(
            group, before.Head, [.. commits.Select(commit => new StoredEntry(commit.Head, commit.Entry))],
            delta.Memberships, delta.Names, [], [.. blobs.Where(blob => delta.IsNamed(blob.Hash))],
            delta.InvitesOpened, delta.InvitesClosed, now, long.MaxValue);
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            if (SqliteWrites.Apply(session, write).Status != WriteStatus.Applied)
            {
                throw new MaintenanceException(ExitCodes.Failed, "The branch was not taken.");
            }

            session.Execute("COMMIT");
        }
        catch
        {
            session.Execute("ROLLBACK");
            throw;
        }
    }
}
