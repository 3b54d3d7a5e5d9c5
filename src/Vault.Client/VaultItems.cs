using Vault.Client.Items;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client;

/// <summary>
/// Items. An edit is accepted when it is on disk here: it is visible at once, and sent when the relay can be reached. Needs
/// the client unlocked. Personal records (accepted groups, pins) are not listed.
/// </summary>
public sealed class VaultItems
{
    /// <summary>Accepts a new item.</summary>
    public AcceptedEdit Add(GroupId group, Item item) => throw new NotImplementedException();

    /// <summary>Accepts a change of an item as it is seen now; replaced concealed values go to history.</summary>
    public AcceptedEdit Edit(GroupId group, ItemId item, Action<Item> change) => throw new NotImplementedException();

    /// <summary>Moves an item to the trash, where it stays restorable.</summary>
    public AcceptedEdit Trash(GroupId group, ItemId item) => throw new NotImplementedException();

    public AcceptedEdit Restore(GroupId group, ItemId item) => throw new NotImplementedException();

    /// <summary>Deletes an item for ever. An edit by another that this device has not seen stops it.</summary>
    public AcceptedEdit Delete(GroupId group, ItemId item) => throw new NotImplementedException();

    public ItemView Get(GroupId group, ItemId item) => throw new NotImplementedException();

    /// <summary>Items by title, then id.</summary>
    public IReadOnlyList<ItemView> List(GroupId group, bool withTrash = false) => throw new NotImplementedException();

    /// <summary>The items that an id, an id prefix (at least 8 digits), a title or a URL names; of one group or of all.</summary>
    public IReadOnlyList<ItemView> Find(string selector, GroupId? group = null) => throw new NotImplementedException();

    /// <summary>Waits until the edit is saved or quarantined, at most so long; Pending otherwise.</summary>
    public Task<EditOutcome> WaitAsync(AcceptedEdit edit, TimeSpan wait, CancellationToken cancellation = default) => throw new NotImplementedException();

    public IReadOnlyList<OutboxEdit> Outbox(GroupId? group = null) => throw new NotImplementedException();

    /// <summary>Puts a quarantined edit back into the queue.</summary>
    public void Retry(string opId) => throw new NotImplementedException();

    /// <summary>Throws an edit away, for good.</summary>
    public void Discard(string opId) => throw new NotImplementedException();
}
