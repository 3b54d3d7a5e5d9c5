using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Items;

/// <summary>
/// How many items of one group are listed and how many are conflict copies. Both stand in every status, so a change costs what it
/// touched and not what the vault holds: what opened well is looked at again only when a commit names it.
/// </summary>
internal sealed class ItemTally
{
    private readonly Dictionary<ItemId, Kind> _kinds = [];
    private readonly HashSet<ItemId> _unsettled = [];
    private ChainHead? _at;
    private (int Listed, int Conflicts) _chain;

    /// <summary>A commit was applied on a state. Any other way to a state makes the next count start anew.</summary>
    public void Follow(ChainHead? before, VerifiedCommit commit)
    {
        if (_at is null || _at != before)
        {
            _at = null;
            return;
        }

        _at = commit.Head;
        _unsettled.UnionWith(commit.Body.Deletes.Select(delete => ItemId.Parse(delete.Item.Span)));
        _unsettled.UnionWith(commit.Body.Puts.Select(put => ItemId.Parse(put.Item.Span)));
    }

    /// <summary>The counts as a person sees them, with this device's unsent edits laid over.</summary>
    public (int Listed, int Conflicts) Count(FollowedGroup group, ItemOverlay overlay, IEnumerable<OutboxRow> edits)
    {
        Settle(group, overlay);
        var seen = _chain;
        foreach (var item in edits.Where(edit => !edit.Quarantined).GroupBy(edit => edit.Item))
        {
            var laid = overlay.Of(group, item.Key, [.. item]);
            seen = Replaced(seen, _kinds.GetValueOrDefault(item.Key), KindOf(laid.Item, laid.Damage));
        }

        return seen;
    }

    private void Settle(FollowedGroup group, ItemOverlay overlay)
    {
        if (_at is null || _at != group.State?.Head)
        {
            _at = group.State?.Head;
            _chain = default;
            _kinds.Clear();
            _unsettled.Clear();
            _unsettled.UnionWith(group.State?.Items.Keys ?? []);
        }

        foreach (var id in _unsettled.ToArray())
        {
            var (item, damage) = overlay.OfChain(group, id);
            var kind = KindOf(item, damage);
            _chain = Replaced(_chain, _kinds.GetValueOrDefault(id), kind);
            _kinds[id] = kind;

            // What is not here or does not open may be here, or open, the next time.
            if (damage is null)
            {
                _unsettled.Remove(id);
            }
        }
    }

    private static (int Listed, int Conflicts) Replaced((int Listed, int Conflicts) counts, Kind before, Kind after) => (
        counts.Listed + (after.HasFlag(Kind.Listed) ? 1 : 0) - (before.HasFlag(Kind.Listed) ? 1 : 0),
        counts.Conflicts + (after.HasFlag(Kind.Conflict) ? 1 : 0) - (before.HasFlag(Kind.Conflict) ? 1 : 0));

    private static Kind KindOf(Item? item, Fault? damage) => item switch
    {
        null => damage is null ? Kind.Absent : Kind.Listed,
        { TrashedMs: not 0 } => Kind.Absent,
        _ => (item is { GroupRecord: null, Pin: null } ? Kind.Listed : Kind.Absent) | (ItemConflicts.ConflictOf(item) is null ? Kind.Absent : Kind.Conflict),
    };

    [Flags]
    private enum Kind : byte
    {
        Absent = 0,
        Listed = 1,
        Conflict = 2,
    }
}
