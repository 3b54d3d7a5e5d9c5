using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Items;

/// <summary>An item as this device sees it: unsent edits included.</summary>
public sealed record ItemView
{
    /// <summary>The group.</summary>
    public required GroupId Group { get; init; }

    /// <summary>Id inside the group.</summary>
    public required ItemId Id { get; init; }

    /// <summary>Plaintext, a copy. When damaged: the last good value, or empty.</summary>
    public required Item Item { get; init; }

    /// <summary>Whether edits of this device are in it that the chain does not hold yet.</summary>
    public required bool Pending { get; init; }

    /// <summary>Commit that wrote it. Null: not in the chain yet.</summary>
    public ulong? Seq { get; init; }

    /// <summary>Account that wrote it. Null: not in the chain yet.</summary>
    public AccountId? Author { get; init; }

    /// <summary>The item that this one is a conflict copy of. Null: it is none.</summary>
    public ItemId? ConflictOf { get; init; }

    /// <summary>Why the newest value cannot be shown. Null: it is shown.</summary>
    public Fault? Damage { get; init; }

    /// <summary>Whether it is in the trash.</summary>
    public bool Trashed => Item.TrashedMs != 0;
}

/// <summary>A conflict copy and the item it belongs to.</summary>
/// <param name="Item">The item as it is seen now, perhaps in the trash. Null: it was deleted for ever.</param>
/// <param name="CopyAuthor">Who wrote the version that the copy holds. Null: not known.</param>
public sealed record ConflictView(ItemView Copy, ItemId ItemId, ItemView? Item, AccountId? CopyAuthor);

/// <summary>An edit that was accepted on this device: it is on disk, and visible here at once.</summary>
/// <param name="OpId">Names the edit, 16 bytes in hexadecimal.</param>
public sealed record AcceptedEdit(GroupId Group, ItemId Item, string OpId);

/// <summary>What became of an edit.</summary>
public enum EditState
{
    /// <summary>In the outbox, waiting for the relay.</summary>
    Pending,

    /// <summary>This device's commit with it is in the chain as pulled.</summary>
    Saved,

    /// <summary>Kept aside; it cannot be sent as it is.</summary>
    Quarantined,

    /// <summary>Thrown away by the person, while somebody waited for it.</summary>
    Discarded,
}

/// <summary>What became of an edit, and why.</summary>
/// <param name="Seq">The commit that holds it, when saved by this process.</param>
public sealed record EditOutcome(EditState State, ulong? Seq, Fault? Reason);

/// <summary>An edit in the outbox.</summary>
/// <param name="MadeMs">When it was made by this device's clock, milliseconds since 1970-01-01 UTC. 0: an older version did not note it.</param>
/// <param name="IsSigned">It is part of a signed commit whose outcome is not known: it may stand already.</param>
/// <param name="Seen">What the person saw when making it. Null: a new item, or locked, or it does not open.</param>
/// <param name="Made">What they made of it. Null: a deletion, or locked, or it does not open.</param>
public sealed record OutboxEdit(
    GroupId Group, ItemId Item, string OpId, EditState State, bool IsDelete, Fault? Reason, long MadeMs, bool IsSigned, Item? Seen, Item? Made);
