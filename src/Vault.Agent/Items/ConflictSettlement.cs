using Google.Protobuf.Collections;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Agent.Items;

/// <summary>
/// Settles a conflict so that nothing is lost: what the item takes from its copy changes places with what it had, and the copy
/// goes to the trash. So the trash holds exactly what was not kept, and secrets among it also stand in the item's history.
/// </summary>
internal static class ConflictSettlement
{
    /// <summary>The item after: the taken parts from the copy, and in its history the secrets that the copy keeps.</summary>
    /// <param name="differences">In what item (left) and copy (right) differ.</param>
    /// <param name="taken">Ids of the parts that come from the copy.</param>
    public static void ApplyToItem(Item item, Item copy, IReadOnlyList<PartDifferent> differences, IReadOnlySet<string> taken)
    {
        foreach (var left in differences.Where(one => !taken.Contains(one.Id)).Select(one => one.Right?.Content).OfType<Field>())
        {
            var isKnown = item.History.Any(entry => entry.Field == left.Id && entry.Value == left.Value);
            if (ItemHistory.IsConcealed(left.Type) && left.Value.Length > 0 && !isKnown)
            {
                item.History.Insert(0, new HistoryEntry { Field = left.Id, Value = left.Value, ReplacedMs = copy.ModifiedMs });
            }
        }

        Take(item, copy, taken);
    }

    /// <summary>The copy after: where the item took a part, what the item had instead; and in the trash.</summary>
    public static void ApplyToCopy(Item copy, Item item, IReadOnlySet<string> taken, long nowMs)
    {
        Take(copy, item, taken);
        copy.TrashedMs = Math.Max(1, nowMs);
    }

    private static void Take(Item into, Item from, IReadOnlySet<string> taken)
    {
        foreach (var id in taken)
        {
            switch (id)
            {
                case ItemParts.Title:
                    into.Title = from.Title;
                    break;
                case ItemParts.Type:
                    into.Type = from.Type;
                    break;
                case ItemParts.Notes:
                    into.Notes = from.Notes;
                    break;
                case ItemParts.Tags:
                    Replace(into.Tags, from.Tags);
                    break;
                case ItemParts.Urls:
                    Replace(into.Urls, from.Urls.Select(url => url.Clone()));
                    break;
                case ItemParts.Passkey:
                    into.Passkey = from.Passkey?.Clone();
                    break;
                default:
                    TakeField(into, from, id);
                    break;
            }
        }
    }

    private static void TakeField(Item into, Item from, string id)
    {
        var at = IndexOf(into, id);
        if (IndexOf(from, id) is not (>= 0 and var there))
        {
            into.Fields.RemoveAt(at);
            return;
        }

        var field = from.Fields[there].Clone();
        if (field.Section.Length > 0 && into.Sections.All(section => section.Id != field.Section)
            && from.Sections.FirstOrDefault(section => section.Id == field.Section) is { } heading)
        {
            into.Sections.Add(heading.Clone());
        }

        if (at >= 0)
        {
            into.Fields[at] = field;
        }
        else
        {
            into.Fields.Add(field);
        }
    }

    private static int IndexOf(Item item, string id)
    {
        for (var at = 0; at < item.Fields.Count; at++)
        {
            if (item.Fields[at].Id == id)
            {
                return at;
            }
        }

        return -1;
    }

    private static void Replace<T>(RepeatedField<T> into, IEnumerable<T> from)
    {
        var values = from.ToArray();
        into.Clear();
        into.Add(values);
    }
}
