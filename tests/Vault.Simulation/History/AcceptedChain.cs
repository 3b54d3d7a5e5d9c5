using Vault.Core.Ids;
using Vault.Simulation.Validators;

namespace Vault.Simulation.History;

/// <summary>
/// One group as the relay accepted it, with who was a member after each commit. Kept by a reading of the commits that shares no
/// code with the product's rules, so that both would have to be wrong in the same way.
/// </summary>
public sealed class AcceptedChain(GroupId group)
{
    private readonly List<CommitAccepted> _commits = [];
    private readonly List<GroupModel> _models = [];

    /// <summary>The group.</summary>
    public GroupId Group => group;

    /// <summary>Commits by position, as the relay holds them now.</summary>
    public IReadOnlyList<CommitAccepted> Commits => _commits;

    /// <summary>The newest. Null: the relay holds none.</summary>
    public CommitAccepted? Head => _commits.Count > 0 ? _commits[^1] : null;

    /// <summary>The group after the newest commit.</summary>
    public GroupModel Model => _models.Count > 0 ? _models[^1] : GroupModel.Empty;

    /// <summary>The group before a commit at a position.</summary>
    public GroupModel Before(ulong seq) => seq == 0 ? GroupModel.Empty : _models[(int)seq - 1];

    /// <summary>The group after a commit at a position.</summary>
    public GroupModel After(ulong seq) => _models[(int)seq];

    /// <summary>Whether a commit stands there.</summary>
    public bool Holds(ulong seq, EntryId id) => seq < (ulong)_commits.Count && _commits[(int)seq].Id == id;

    /// <summary>When the first commit after a position was accepted. Null: there is none.</summary>
    public long? FirstAfter(ulong seq) => seq + 1 < (ulong)_commits.Count ? _commits[(int)seq + 1].At : null;

    internal void Add(CommitAccepted commit)
    {
        if (commit.Seq != (ulong)_commits.Count)
        {
            throw new ViolationException("chain order", $"the relay took position {commit.Seq} of {group} when {_commits.Count} was next");
        }

        _commits.Add(commit);
        _models.Add(Model.After(commit.Body));
    }

    internal void CutTo(ulong? head)
    {
        var keep = head is { } seq ? (int)seq + 1 : 0;
        if (keep < _commits.Count)
        {
            _commits.RemoveRange(keep, _commits.Count - keep);
            _models.RemoveRange(keep, _models.Count - keep);
        }
    }
}
