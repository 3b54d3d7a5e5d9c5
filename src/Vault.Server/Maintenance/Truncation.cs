using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Vault.Server.Engine;
using Vault.Server.Hosting;
using Vault.Server.Stores;

namespace Vault.Server.Maintenance;

/// <summary>What would be cut, or was. File: where the cut commits lie; null when nothing was done yet.</summary>
internal sealed record Cut(ChainHead From, ChainHead To, int Commits, string? File);

/// <summary>
/// Takes a group's chain back to an earlier commit: how an operator lets another branch win, or gets rid of commits that a check
/// found invalid. What is cut is first written, with its blobs, to a file from which it can be put back.
/// </summary>
internal static class Truncation
{
    /// <summary>What a cut would do. Nothing is changed.</summary>
    /// <exception cref="MaintenanceException">No such group, or nothing to cut.</exception>
    public static Cut Plan(SqliteSession session, GroupId group, ulong to)
    {
        var head = SqliteReads.GroupHead(session, group) ?? throw new MaintenanceException(ExitCodes.NotFound, $"No group {group} is here.");
        if (to >= head.Seq)
        {
            throw new MaintenanceException(ExitCodes.Misused, $"The chain ends at {head.Seq}: there is nothing after {to} to cut.");
        }

        var left = Remaining(session, group, to);
        return new Cut(head, left[^1].Head, (int)(head.Seq - to), null);
    }

    /// <summary>Cuts, in one transaction, after the cut commits are on disk elsewhere.</summary>
    /// <exception cref="MaintenanceException">As above.</exception>
    public static Cut Run(SqliteSession session, string directory, GroupId group, ulong to, DateTimeOffset now)
    {
        var plan = Plan(session, group, to);
        var cut = SqliteRewind.After(session, group, to);
        var file = SuffixFile.Write(directory, group, cut, BlobsOf(session, group, cut), now);
        var left = Remaining(session, group, to);
        var delta = new GroupDelta(null, left);
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            SqliteRewind.Cut(
                session, group, [.. left.Select(commit => new StoredEntry(commit.Head, commit.Entry))],
                delta.Memberships, delta.Names, [.. delta.InvitesOpened.Where(invite => left[^1].After.Invites.ContainsKey(invite.Invite))], now);
            session.Execute("COMMIT");
        }
        catch
        {
            session.Execute("ROLLBACK");
            throw;
        }

        return plan with { File = file };
    }

    private static List<VerifiedCommit> Remaining(SqliteSession session, GroupId group, ulong to)
    {
        var commits = new List<VerifiedCommit>();
        foreach (var stored in SqliteRewind.UpTo(session, group, to))
        {
            var verdict = commits.Count == 0 ? GroupRules.Found(stored.Entry) : GroupRules.Extend(commits[^1].After, stored.Entry);
            commits.Add(verdict.IsValid
                ? verdict.Value
                : throw new MaintenanceException(ExitCodes.Damaged, $"Commit {stored.Head.Seq} is not valid ({verdict.Fault}): cut before it."));
        }

        return commits;
    }

    // A body that no longer parses names nothing; it is kept as it is.
    private static IEnumerable<StoredBlob> BlobsOf(SqliteSession session, GroupId group, List<StoredEntry> commits)
    {
        var seen = new HashSet<BlobHash>();
        foreach (var commit in commits)
        {
            if (!Canonical.TryParse(GroupBody.Parser, commit.Entry.Body, out var body))
            {
                continue;
            }

            foreach (var bytes in body.Puts.SelectMany(put => put.Attachments.Select(chunk => chunk.Hash).Prepend(put.BlobHash)))
            {
                if (Hash32.TryParse(bytes.Span, out var hash) && seen.Add(new BlobHash(hash))
                    && SqliteRewind.Blob(session, group, new BlobHash(hash)) is { } blob)
                {
                    yield return blob;
                }
            }
        }
    }
}
