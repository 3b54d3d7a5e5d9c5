using Vault.Client.Sync;
using Vault.Core.Ids;

namespace Vault.Client.Groups;

/// <summary>
/// What one reader has seen of the groups, and what comes next. It keeps a position and a state for each group and no event: what is
/// new is read from the verified chain when the reader takes it, so a slow reader costs what a fast one does, and holds nothing up.
/// </summary>
public sealed class ChangeFeed
{
    /// <summary>How far a reader may trail before commits are passed over.</summary>
    public const ulong TrailDefault = 1_000;

    private const int CommitsAtOnce = 64;

    private readonly VaultGroups _groups;
    private readonly HashSet<GroupId> _only;
    private readonly ulong _trail;
    private readonly Dictionary<GroupId, (ulong Next, FreshnessState State)> _seen = [];

    /// <summary>A reader of the named groups, or of all and those that come.</summary>
    /// <param name="only">The groups. Empty: all.</param>
    /// <param name="from">Positions that were seen before; of other groups what follows on their present head comes.</param>
    public ChangeFeed(VaultGroups groups, IEnumerable<GroupId> only, IReadOnlyDictionary<GroupId, ulong> from, ulong trail = TrailDefault)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(from);
        (_groups, _only, _trail) = (groups, [.. only], trail);
        Standing = Groups();
        foreach (var group in Standing)
        {
            var head = group.Status.VerifiedSeq;
            _seen[group.Id] = (Math.Min(from.TryGetValue(group.Id, out var seen) ? seen : head, head) + 1, group.Status.State);
        }
    }

    /// <summary>Where the groups stood when this reader came.</summary>
    public IReadOnlyList<GroupView> Standing { get; }

    /// <summary>What is new since then, at most a few dozen of each group; empty: nothing.</summary>
    public IReadOnlyList<GroupChange> Next() => [.. Groups().SelectMany(Next)];

    private List<GroupChange> Next(GroupView group)
    {
        // A group that is new here is told of from its beginning.
        var isKnown = _seen.TryGetValue(group.Id, out var seen);
        var (next, head) = (isKnown ? seen.Next : 0, group.Status.VerifiedSeq);
        var changes = new List<GroupChange>();
        if (next <= head && head - next >= _trail)
        {
            var last = head - Math.Min((ulong)CommitsAtOnce, _trail);
            changes.Add(new GroupChange.Skipped(group, next, last));
            next = last + 1;
        }

        if (next <= head)
        {
            var end = Math.Min(head, next + CommitsAtOnce - 1);
            changes.AddRange(_groups.Log(group.Id, (int)(end - next + 1), end + 1).Reverse().Select(entry => new GroupChange.Committed(group, entry)));
            next = end + 1;
        }

        if (!isKnown || seen.State != group.Status.State)
        {
            changes.Add(new GroupChange.Stands(group, isKnown ? seen.State : null));
        }

        _seen[group.Id] = (next, group.Status.State);
        return changes;
    }

    // A group that this account left, or was removed from, is no group of the list any more, and how that came is worth telling.
    private IReadOnlyList<GroupView> Groups()
    {
        var listed = _only.Count == 0 ? _groups.List() : [.. _only.Order().Select(_groups.Show)];
        var left = _seen.Keys.Except(listed.Select(group => group.Id)).Order().Select(_groups.Show).ToList();
        return left.Count == 0 ? listed : [.. listed, .. left];
    }
}

/// <summary>Something about a group that is new to a reader.</summary>
/// <param name="Group">The group as it is now.</param>
public abstract record GroupChange(GroupView Group)
{
    /// <summary>A commit was verified.</summary>
    public sealed record Committed(GroupView Group, LogEntry Entry) : GroupChange(Group);

    /// <summary>The state is another one. Before is null for a group that is new here.</summary>
    public sealed record Stands(GroupView Group, FreshnessState? Before) : GroupChange(Group);

    /// <summary>Commits were passed over, because the reader did not take them; the log has them.</summary>
    public sealed record Skipped(GroupView Group, ulong From, ulong To) : GroupChange(Group);
}
