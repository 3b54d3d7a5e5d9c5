using Vault.Core;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Server.Engine;

/// <summary>
/// A group's head moved from one position to another. Commits: all of them, when they are small; null when they are too
/// large for the stream, or where it is not known what the watcher had. Shared by all watchers, so never changed.
/// </summary>
internal sealed record Publication(GroupId Group, ChainHead? From, ChainHead To, IReadOnlyList<WatchResponse>? Commits)
{
    /// <summary>
    /// When its newest commit, or an older one that waited with it, is known to have been durable: a timestamp of the relay's
    /// clock. Null: from before the watcher came, so that nothing is late.
    /// </summary>
    public long? DurableAt { get; init; }

    /// <summary>What it costs to keep: the commits, with their blobs.</summary>
    public int Bytes { get; } = Commits?.Sum(commit => commit.CalculateSize()) ?? 0;

    public static Publication OfHead(GroupId group, ChainHead head) => new(group, null, head, null);

    /// <summary>Commits of a page with their records, as hints.</summary>
    public static IReadOnlyList<WatchResponse> Inline(GroupId group, IReadOnlyList<(ChainHead Head, CommitRecord Record)> commits) =>
        [.. commits.Select(commit => new WatchResponse
        {
            Commit = new WatchCommit
            {
                Group = group.ToByteString(),
                Record = commit.Record,
                Token = new ChangeToken(group, commit.Head).ToByteString(),
            },
        })];

    public WatchResponse HeadMoved() => new()
    {
        HeadMoved = new WatchHeadMoved { Group = Group.ToByteString(), Head = To.ToGroupHead() },
    };

    /// <summary>The part that a former member may still see.</summary>
    public Publication CutAt(ChainHead ended)
    {
        if (ended.Seq >= To.Seq)
        {
            return this;
        }

        var commits = From is { } from && Commits is not null ? Commits.Take((int)(ended.Seq - from.Seq)).ToList() : null;
        return new Publication(Group, From, ended, commits) { DurableAt = DurableAt };
    }
}
