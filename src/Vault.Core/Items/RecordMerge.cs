using Vault.Protocol.V1;

namespace Vault.Core.Items;

/// <summary>
/// The personal group's own records merge by what they mean: a head only goes forward, unless a person chose a side of a fork, and
/// what one device learned no other device forgets. They never conflict.
/// </summary>
internal static class RecordMerge
{
    public static GroupRecord? Of(GroupRecord? start, GroupRecord? ours, GroupRecord? theirs)
    {
        if (ours is null || theirs is null)
        {
            return ours ?? theirs;
        }

        var ignored = false;
        var merged = ((ours.Choices, ours.Seq).CompareTo((theirs.Choices, theirs.Seq)) >= 0 ? ours : theirs).Clone();
        merged.Label = ItemMerge.Pick(start?.Label ?? "", ours.Label, theirs.Label, ref ignored);
        if (ours.Seq == theirs.Seq)
        {
            merged.Left = ItemMerge.Pick(start?.Left ?? false, ours.Left, theirs.Left, ref ignored);
        }

        // Otherwise whoever saw more of the group knows whether the person is out: a removal that one device notes late does not undo that
        // another was let in again.
        return merged;
    }

    public static Pin? Of(Pin? start, Pin? ours, Pin? theirs)
    {
        if (ours is null || theirs is null)
        {
            return ours ?? theirs;
        }

        var ignored = false;
        var merged = (ours.Seq >= theirs.Seq ? ours : theirs).Clone();
        merged.Name = ItemMerge.Pick(start?.Name ?? "", ours.Name, theirs.Name, ref ignored);
        var strongest = Strength(ours.Origin) >= Strength(theirs.Origin) ? ours : theirs;
        merged.Origin = strongest.Origin;
        merged.MetIn = strongest.MetIn;
        merged.AddedBy = strongest.AddedBy;
        return merged;
    }

    private static int Strength(PinOrigin origin) => origin switch
    {
        PinOrigin.Words => 3,
        PinOrigin.Invite => 2,
        _ => 1,
    };
}
