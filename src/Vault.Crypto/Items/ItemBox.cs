using Vault.Core;
using Vault.Core.Ids;
using Vault.Core.Seams;
using Vault.Protocol.V1;

namespace Vault.Crypto.Items;

/// <summary>
/// An item as a blob: padded, boxed under the group key of an epoch, bound to group, item and epoch, so that it can be moved
/// neither to another place nor under another key.
/// </summary>
public static class ItemBox
{
    /// <summary>The blob, 593 to 1,048,657 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The item is over 1,048,572 bytes.</exception>
    public static byte[] Seal(GroupKey key, GroupId group, ItemId item, ulong epoch, Item plain, IRandomSource random) =>
        PaddedBox.Seal(key.Bytes, Context(group, item, epoch), plain, random);

    /// <summary>The item; null when the blob does not open: show it as damaged, never as blank.</summary>
    public static Item? Open(GroupKey key, GroupId group, ItemId item, ulong epoch, ReadOnlySpan<byte> blob) =>
        PaddedBox.Open(key.Bytes, Context(group, item, epoch), blob, Item.Parser);

    private static BoxContext Context(GroupId group, ItemId item, ulong epoch) =>
        BoxContext.For(Purpose.BoxItem, group.ToArray(), item.ToArray(), epoch);
}
