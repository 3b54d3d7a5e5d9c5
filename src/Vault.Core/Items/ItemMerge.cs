using Google.Protobuf;
using Vault.Protocol.V1;

namespace Vault.Core.Items;

/// <summary>What a merge made of two edits.</summary>
/// <param name="Item">The item with both edits in it; where both changed one thing, ours.</param>
/// <param name="LosesTheirs">Whether something of theirs is not in it: then theirs must be kept as a conflict copy.</param>
public sealed record ItemMerged(Item Item, bool LosesTheirs);

/// <summary>
/// Three-way merge of items, field by field (FORMAT.md, section 7): a pure function of the item both sides started from, ours
/// and theirs. Edits of different things both stand, whichever side merges; one thing changed twice keeps ours and says so.
/// An edit beats a removal. Fields of newer clients, unknown here, merge as one thing.
/// </summary>
public static class ItemMerge
{
    /// <summary>Most history entries that an item holds.</summary>
    public const int HistoryMax = 64;

    /// <summary>Merges. A null base means that both sides made the item without seeing the other's.</summary>
    public static ItemMerged Merge(Item? from, Item ours, Item theirs)
    {
        ArgumentNullException.ThrowIfNull(ours);
        ArgumentNullException.ThrowIfNull(theirs);
        var start = from ?? new Item();
        var lost = false;
        var merged = Item.Parser.ParseFrom(
            Pick(UnknownOf(start), UnknownOf(ours), UnknownOf(theirs), ref lost));
        merged.Version = Math.Max(ours.Version, theirs.Version);
        merged.Type = Pick(start.Type, ours.Type, theirs.Type, ref lost);
        merged.Title = Pick(start.Title, ours.Title, theirs.Title, ref lost);
        merged.Notes = Pick(start.Notes, ours.Notes, theirs.Notes, ref lost);
        merged.Tags.Add(KeyedMerge.Of(start.Tags, ours.Tags, theirs.Tags, tag => tag, ref lost));
        merged.Fields.Add(KeyedMerge.Of(start.Fields, ours.Fields, theirs.Fields, field => field.Id, ref lost));
        merged.Sections.Add(KeyedMerge.Of(start.Sections, ours.Sections, theirs.Sections, section => section.Id, ref lost));
        merged.Urls.Add(KeyedMerge.Of(start.Urls, ours.Urls, theirs.Urls, url => url.Id, ref lost));
        merged.Attachments.Add(
            KeyedMerge.Of(start.Attachments, ours.Attachments, theirs.Attachments, attachment => attachment.Id, ref lost));
        merged.History.Add(MergeHistory(start, ours, theirs));
        KeepLosers(start, theirs, merged);
        merged.CreatedMs = PickTime(start.CreatedMs, ours.CreatedMs, theirs.CreatedMs);
        merged.ModifiedMs = PickTime(start.ModifiedMs, ours.ModifiedMs, theirs.ModifiedMs);
        merged.TrashedMs = PickTime(start.TrashedMs, ours.TrashedMs, theirs.TrashedMs);
        merged.ArchivedMs = PickTime(start.ArchivedMs, ours.ArchivedMs, theirs.ArchivedMs);
        merged.Passkey = Pick(start.Passkey, ours.Passkey, theirs.Passkey, ref lost);
        merged.GroupRecord = RecordMerge.Of(start.GroupRecord, ours.GroupRecord, theirs.GroupRecord);
        merged.Pin = RecordMerge.Of(start.Pin, ours.Pin, theirs.Pin);
        return new ItemMerged(merged, lost);
    }

    /// <summary>The serialised fields that this version does not know. Empty: none.</summary>
    public static ByteString UnknownOf(Item item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var rest = item.Clone();
        rest.Version = 0;
        rest.Type = ItemType.Unspecified;
        rest.Title = "";
        rest.Notes = "";
        rest.Tags.Clear();
        rest.Fields.Clear();
        rest.Sections.Clear();
        rest.Urls.Clear();
        rest.Attachments.Clear();
        rest.History.Clear();
        rest.CreatedMs = 0;
        rest.ModifiedMs = 0;
        rest.TrashedMs = 0;
        rest.ArchivedMs = 0;
        rest.Passkey = null;
        rest.GroupRecord = null;
        rest.Pin = null;
        return rest.ToByteString();
    }

    internal static T Pick<T>(T start, T ours, T theirs, ref bool lost)
    {
        var same = EqualityComparer<T>.Default;
        if (same.Equals(ours, theirs) || same.Equals(theirs, start))
        {
            return ours;
        }

        if (same.Equals(ours, start))
        {
            return theirs;
        }

        lost = true;
        return ours;
    }

    // An entry of history has no id: its content is its key, so both sides' entries stand beside each other.
    private static IEnumerable<HistoryEntry> MergeHistory(Item start, Item ours, Item theirs)
    {
        var lost = false;
        return KeyedMerge.Of(start.History, ours.History, theirs.History, entry => entry.ToByteString().ToBase64(), ref lost)
            .OrderByDescending(entry => entry.ReplacedMs)
            .ThenBy(entry => entry.Field, StringComparer.Ordinal)
            .ThenBy(entry => entry.Value, StringComparer.Ordinal);
    }

    // A concealed value of theirs that lost to ours also stands in the item, as the newest history entry.
    private static void KeepLosers(Item start, Item theirs, Item merged)
    {
        var (before, after) = (ItemHistory.ValuesById(start), ItemHistory.ValuesById(merged));
        ItemHistory.Put(merged, theirs.Fields.Where(field => ItemHistory.IsConcealed(field.Type) && field.Value.Length > 0)
            .Where(field => !string.Equals(before.GetValueOrDefault(field.Id), field.Value, StringComparison.Ordinal)
                && after.TryGetValue(field.Id, out var now) && !string.Equals(now, field.Value, StringComparison.Ordinal))
            .Select(field => new HistoryEntry { Field = field.Id, Value = field.Value, ReplacedMs = theirs.ModifiedMs }));
    }

    // Both sides did it: the later one tells when it was last done.
    private static long PickTime(long start, long ours, long theirs) =>
        theirs == start ? ours : ours == start ? theirs : Math.Max(ours, theirs);
}
