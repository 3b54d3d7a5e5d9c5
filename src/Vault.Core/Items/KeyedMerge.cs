namespace Vault.Core.Items;

/// <summary>
/// Three-way merge of a list whose entries have ids. An entry only one side touched is as that side has it; one that both
/// changed differently is ours; one that a side removed and the other changed stays. Order: theirs, then what only ours has.
/// </summary>
internal static class KeyedMerge
{
    public static List<T> Of<T>(
        IReadOnlyList<T> start, IReadOnlyList<T> ours, IReadOnlyList<T> theirs, Func<T, string> key, ref bool lost)
        where T : class
    {
        var before = ById(start, key);
        var mine = ById(ours, key);
        var other = ById(theirs, key);
        var kept = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var id in before.Keys.Concat(mine.Keys).Concat(other.Keys).Distinct(StringComparer.Ordinal))
        {
            var old = before.GetValueOrDefault(id);
            var left = mine.GetValueOrDefault(id);
            var right = other.GetValueOrDefault(id);
            if (Entry(old, left, right, ref lost) is { } entry)
            {
                kept.Add(id, entry);
            }
        }

        return [.. Ids(theirs, key).Union(Ids(ours, key), StringComparer.Ordinal).Where(kept.ContainsKey).Select(id => kept[id])];
    }

    private static T? Entry<T>(T? start, T? ours, T? theirs, ref bool lost)
        where T : class
    {
        // A removal meets a change: the change stays, so that nothing is lost, whichever side merges.
        if (start is not null && ours is null)
        {
            return Equals(theirs, start) ? null : theirs;
        }

        if (start is not null && theirs is null)
        {
            return Equals(ours, start) ? null : ours;
        }

        return ours is null ? theirs : theirs is null ? ours : ItemMerge.Pick(start, ours, theirs, ref lost);
    }

    private static List<string> Ids<T>(IReadOnlyList<T> list, Func<T, string> key) =>
        [.. list.Select(key).Distinct(StringComparer.Ordinal)];

    // Ids are unique in a well-formed item; of a malformed one the first entry counts.
    private static Dictionary<string, T> ById<T>(IReadOnlyList<T> list, Func<T, string> key)
    {
        var byId = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var entry in list)
        {
            _ = byId.TryAdd(key(entry), entry);
        }

        return byId;
    }
}
