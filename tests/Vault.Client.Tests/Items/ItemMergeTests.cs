using CsCheck;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Items;

/// <summary>Laws of the three-way merge of items.</summary>
public sealed class ItemMergeTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char['a', 'e'], 0, 3];

    private static readonly Gen<Item> Items =
        from title in Text
        from notes in Text
        from tags in Text.HashSet[0, 3]
        from fields in Gen.Select(Gen.Int[0, 5], Text).Array[0, 4]
        from unknown in Gen.Bool
        select Make(title, notes, tags, fields, unknown);

    [Fact]
    public void An_item_of_the_largest_size_is_merged_and_its_history_kept_without_comparing_all_fields_with_all()
    {
        // Whoever may write may fill an item with fields (attack: everybody who edits it then computes for minutes).
        var start = Filled(60_000);
        var (ours, theirs) = (start.Clone(), start.Clone());
        ours.Title = "ours";
        foreach (var field in theirs.Fields)
        {
            field.Value = "y";
        }

        var since = TimeProvider.System.GetTimestamp();
        Assert.Equal(start.Fields.Count, ItemMerge.Merge(start, ours, theirs).Item.Fields.Count);
        ItemHistory.Keep(start, theirs, 1);
        Assert.Equal(ItemMerge.HistoryMax, theirs.History.Count);
        Assert.InRange(TimeProvider.System.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(10));

        static Item Filled(int fields)
        {
            var item = ItemTemplates.Create(ItemType.Login, "start");
            item.Fields.Add(Enumerable.Range(0, fields).Select(i => new Field { Id = $"f{i:D5}", Type = FieldType.Concealed, Value = "x" }));
            return item;
        }
    }

    [Fact]
    public void An_edit_of_one_side_only_is_taken_whole() => Gen.Select(Items, Items).Sample((start, edited) =>
    {
        var merged = ItemMerge.Merge(start, edited, start);
        Assert.False(merged.LosesTheirs);
        AssertSame(edited, merged.Item);
        merged = ItemMerge.Merge(start, start, edited);
        Assert.False(merged.LosesTheirs);
        AssertSame(edited, merged.Item);
    });

    [Fact]
    public void The_same_edit_on_both_sides_is_that_edit() => Gen.Select(Items, Items).Sample((start, edited) =>
    {
        var merged = ItemMerge.Merge(start, edited, edited);
        Assert.False(merged.LosesTheirs);
        AssertSame(edited, merged.Item);
    });

    [Fact]
    public void Edits_of_different_things_both_stand_whichever_side_merges() => Gen.Select(Items, Text, Text).Sample((start, title, value) =>
    {
        var ours = start.Clone();
        ours.Title = title;
        var theirs = start.Clone();
        ItemTemplates.Set(theirs, "username", value);
        var one = ItemMerge.Merge(start, ours, theirs);
        var other = ItemMerge.Merge(start, theirs, ours);
        Assert.False(one.LosesTheirs || other.LosesTheirs);
        AssertSame(one.Item, other.Item);
        Assert.Equal(title, one.Item.Title);
        Assert.Equal(value, ItemTemplates.ValueOf(one.Item, "username"));
    });

    [Fact]
    public void Nothing_is_lost_without_saying_so() => Gen.Select(Items, Items, Items).Sample((start, ours, theirs) =>
    {
        var merged = ItemMerge.Merge(start, ours, theirs);
        foreach (var field in ours.Fields.Where(field => !start.Fields.Contains(field)))
        {
            Assert.Contains(field, merged.Item.Fields);
        }

        if (!merged.LosesTheirs)
        {
            foreach (var field in theirs.Fields.Where(field => !start.Fields.Contains(field)))
            {
                Assert.Contains(field, merged.Item.Fields);
            }
        }

        Assert.All(theirs.Tags.Except(start.Tags), tag => Assert.Contains(tag, merged.Item.Tags));
        Assert.All(ours.Tags.Except(start.Tags), tag => Assert.Contains(tag, merged.Item.Tags));
    });

    [Fact]
    public void A_removal_gives_way_to_a_change()
    {
        var start = Make("t", "", [], [(1, "old")], false);
        var removed = Make("t", "", [], [], false);
        var changed = Make("t", "", [], [(1, "new")], false);
        Assert.Equal("new", Assert.Single(ItemMerge.Merge(start, removed, changed).Item.Fields).Value);
        Assert.Equal("new", Assert.Single(ItemMerge.Merge(start, changed, removed).Item.Fields).Value);
        Assert.Empty(ItemMerge.Merge(start, removed, start).Item.Fields);
    }

    [Fact]
    public void A_concealed_value_that_loses_stands_in_history_too()
    {
        var start = ItemTemplates.Create(ItemType.Login, "t");
        ItemTemplates.Set(start, "password", "old");
        var ours = start.Clone();
        ItemTemplates.Set(ours, "password", "ours");
        var theirs = start.Clone();
        ItemTemplates.Set(theirs, "password", "theirs");
        var merged = ItemMerge.Merge(start, ours, theirs);
        Assert.True(merged.LosesTheirs);
        Assert.Equal("ours", ItemTemplates.ValueOf(merged.Item, "password"));
        Assert.Equal("theirs", Assert.Single(merged.Item.History).Value);
    }

    [Fact]
    public void Fields_of_a_newer_client_survive()
    {
        var start = Make("t", "", [], [], unknown: true);
        var ours = start.Clone();
        ours.Title = "new";
        Assert.NotEmpty(ItemMerge.UnknownOf(ItemMerge.Merge(start, ours, start).Item));
        Assert.Equal(ItemMerge.UnknownOf(start), ItemMerge.UnknownOf(ItemMerge.Merge(start, ours, start).Item));
    }

    [Fact]
    public void The_known_fields_are_all_known_to_the_merge()
    {
        // A field that the schema gets and the merge forgets would count as unknown here.
        var full = Make("t", "n", ["x"], [(1, "v")], false);
        full.Sections.Add(new Section { Id = "s" });
        full.Urls.Add(new Url { Id = "u" });
        full.Attachments.Add(new Attachment { Id = "a" });
        full.History.Add(new HistoryEntry { Field = "f" });
        full.CreatedMs = full.ModifiedMs = full.TrashedMs = full.ArchivedMs = 1;
        full.Passkey = new Passkey { RpId = "r" };
        full.GroupRecord = new GroupRecord { Seq = 1 };
        full.Pin = new Pin { Seq = 1 };
        Assert.All(Item.Descriptor.Fields.InFieldNumberOrder(), field => Assert.True(
            field.IsRepeated ? ((System.Collections.IList)field.Accessor.GetValue(full)).Count > 0 : field.Accessor.GetValue(full) is not null and not "" and not 0L));
        Assert.Empty(ItemMerge.UnknownOf(full));
        AssertSame(full, ItemMerge.Merge(new Item(), full, new Item()).Item);
    }

    private static Item Make(string title, string notes, IEnumerable<string> tags, (int Id, string Value)[] fields, bool unknown)
    {
        // Field 999, a varint: what a newer version might write.
        var item = unknown ? Item.Parser.ParseFrom([0xB8, 0x3E, 0x07]) : new Item();
        item.Version = 1;
        item.Type = ItemType.Custom;
        item.Title = title;
        item.Notes = notes;
        item.Tags.Add(tags.Order(StringComparer.Ordinal));
        foreach (var (id, value) in fields.DistinctBy(field => field.Id))
        {
            item.Fields.Add(new Field { Id = $"f{id}", Type = FieldType.Text, Value = value });
        }

        return item;
    }

    // Order of lists follows the side that is "theirs"; the content is the law.
    private static void AssertSame(Item expected, Item actual) => Assert.Equal(Sorted(expected), Sorted(actual));

    private static Item Sorted(Item item)
    {
        var sorted = item.Clone();
        sorted.Fields.Clear();
        sorted.Fields.Add(item.Fields.OrderBy(field => field.Id, StringComparer.Ordinal));
        sorted.Tags.Clear();
        sorted.Tags.Add(item.Tags.Order(StringComparer.Ordinal));
        return sorted;
    }
}
