using Vault.Client.Items;
using Vault.Client.Replicas;
using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client;

/// <summary>
/// Items. An edit is accepted when it is on disk here: it is visible at once, and sent when the relay can be reached. Needs
/// the client unlocked. Personal records (accepted groups, pins) are not listed.
/// </summary>
public sealed class VaultItems
{
    private const int LeastIdDigits = 8;

    private readonly ClientCore _core;
    private readonly ItemEditor _editor;
    private readonly FormerValues _former;
    private readonly SavedEdits _saved;
    private readonly SyncLoop _loop;
    private readonly ConflictOrigins _origins;

    internal VaultItems(ClientCore core, ItemEditor editor, FormerValues former, SavedEdits saved, SyncLoop loop)
    {
        _core = core;
        _editor = editor;
        _former = former;
        _saved = saved;
        _loop = loop;
        _origins = new ConflictOrigins(core);
    }

    /// <summary>Accepts a new item. NotFound (group), Forbidden (viewer), TooLarge, Storage.</summary>
    public AcceptedEdit Add(GroupId group, Item item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var found = Writable(group);
        var made = item.Clone();
        made.Version = Math.Max(made.Version, 1);
        made.CreatedMs = made.CreatedMs == 0 ? _core.WallMs : made.CreatedMs;
        made.ModifiedMs = _core.WallMs;
        Span<byte> bytes = stackalloc byte[ItemId.Size];
        _core.Seams.Random.Fill(bytes);
        var id = ItemId.Parse(bytes);
        return new AcceptedEdit(group, id, _editor.Accept(found, id, null, made).ToString());
    }

    /// <summary>Accepts a change of an item as it is seen now; replaced concealed values go to history.</summary>
    public AcceptedEdit Edit(GroupId group, ItemId item, Action<Item> change) => EditAll(group, [(item, change)])[0];

    /// <summary>Accepts changes of several items of a group as they are seen now: all of them are kept, or none.</summary>
    public IReadOnlyList<AcceptedEdit> EditAll(GroupId group, IReadOnlyList<(ItemId Item, Action<Item> Change)> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var found = Writable(group);
        var edits = changes.Select(one => Changed(found, one.Item, one.Change)).ToList();
        return [.. _editor.AcceptAll(found, edits).Zip(edits, (op, edit) => new AcceptedEdit(group, edit.Id, op.ToString()))];
    }

    /// <summary>Moves an item to the trash, where it stays restorable.</summary>
    public AcceptedEdit Trash(GroupId group, ItemId item) => Edit(group, item, made => made.TrashedMs = Math.Max(1, _core.WallMs));

    /// <summary>Takes an item out of the trash.</summary>
    public AcceptedEdit Restore(GroupId group, ItemId item) => Edit(group, item, made => made.TrashedMs = 0);

    /// <summary>Deletes an item for ever. An edit by another that this device has not seen stops it: it is then kept aside.</summary>
    public AcceptedEdit Delete(GroupId group, ItemId item)
    {
        var found = Writable(group);
        var seen = Seen(found, item);
        return new AcceptedEdit(group, item, _editor.Accept(found, item, seen, null).ToString());
    }

    /// <summary>One item as it is seen now.</summary>
    public ItemView Get(GroupId group, ItemId item)
    {
        var found = Open(group);
        return _editor.See(found, item) is { } laid && (laid.Item is not null || laid.Damage is not null)
            ? View(found, item, laid, _core.Replica.Outbox.Of(group, item).Any(edit => !edit.Quarantined))
            : throw NotFound(item.ToString());
    }

    /// <summary>Items by title, then id.</summary>
    public IReadOnlyList<ItemView> List(GroupId group, bool withTrash = false)
    {
        var found = Open(group);
        return [.. _editor.SeeAll(found)
            .Where(entry => entry.Value.Laid.Item is not ({ GroupRecord: not null } or { Pin: not null }))
            .Select(entry => View(found, entry.Key, entry.Value.Laid, entry.Value.Pending))
            .Where(item => withTrash || !item.Trashed)
            .OrderBy(item => item.Item.Title, StringComparer.Ordinal).ThenBy(item => item.Id)];
    }

    /// <summary>
    /// What was deleted for ever in the last 30 days, by anybody, as it was last; add one again to have it back. Newest deletions
    /// are not told from older ones: the wall clock decides nothing but when they are dropped.
    /// </summary>
    public IReadOnlyList<ItemView> Deleted(GroupId group)
    {
        var found = Open(group);
        return [.. _former.Deleted(found)
            .Where(entry => entry.Item is { GroupRecord: null, Pin: null })
            .Select(entry => View(found, entry.Id, new Overlaid(entry.Item, [], null), pending: false))
            .OrderBy(item => item.Item.Title, StringComparer.Ordinal).ThenBy(item => item.Id)];
    }

    /// <summary>Conflict copies outside the trash, each with the item it belongs to, by title, then id.</summary>
    public IReadOnlyList<ConflictView> Conflicts(GroupId group)
    {
        var found = Open(group);
        var all = List(group, withTrash: true).ToDictionary(item => item.Id);
        var copies = all.Values.Where(item => item is { Trashed: false, ConflictOf: not null }).ToList();
        var authors = _origins.Of(found, copies.ToDictionary(copy => copy.Id, copy => copy.ConflictOf!.Value));
        return [.. copies.Select(copy => new ConflictView(copy, copy.ConflictOf!.Value, all.GetValueOrDefault(copy.ConflictOf.Value), authors[copy.Id]))
            .OrderBy(conflict => conflict.Copy.Item.Title, StringComparer.Ordinal).ThenBy(conflict => conflict.Copy.Id)];
    }

    /// <summary>
    /// The items that an id, an id prefix of at least eight digits, a title or a URL names; of one group or of all. An id names an
    /// item in the trash too; a title or a URL does only when it is asked for.
    /// </summary>
    public IReadOnlyList<ItemView> Find(string selector, GroupId? group = null, bool withTrash = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(selector);
        var groups = group is { } only
            ? [only]
            : _core.Groups.Values.Where(known => known is { Follow: Follow.Accepted, State: not null }).Select(known => known.Id).ToList();
        var all = groups.SelectMany(id => List(id, withTrash: true)).ToList();
        var named = all.Where(item => withTrash || !item.Trashed).ToList();
        var exact = all.Where(item => string.Equals(item.Id.ToString(), selector, StringComparison.OrdinalIgnoreCase))
            .Union(named.Where(item => string.Equals(item.Item.Title, selector, StringComparison.Ordinal))).ToList();
        return exact.Count > 0 ? exact : [.. all.Where(item => BeginsWith(item, selector)).Union(named.Where(item => IsAt(item, selector)))];
    }

    /// <summary>Waits until the edit is saved or kept aside, at most so long; Pending otherwise. Sends it when no loop runs.</summary>
    public async Task<EditOutcome> WaitAsync(AcceptedEdit edit, TimeSpan wait, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(edit);
        if (!OperationId.TryParseText(edit.OpId, out var op))
        {
            throw NotFound(edit.OpId);
        }

        var until = _core.BootNow + wait;
        var signal = new Signal(_core.Seams.Time);
        _saved.Moved += signal.Set;
        try
        {
            while (true)
            {
                var outcome = Outcome(op.Value);
                var rest = until - _core.BootNow;
                if (outcome.State != EditState.Pending || rest <= TimeSpan.Zero)
                {
                    return outcome;
                }

                if (!_loop.IsRunning && !await TryRoundAsync(edit.Group, cancellation))
                {
                    return Outcome(op.Value);
                }

                if (Outcome(op.Value).State == EditState.Pending)
                {
                    await signal.WaitAsync(_loop.IsRunning ? rest : TimeSpan.FromMilliseconds(Math.Min(200, rest.TotalMilliseconds)), cancellation);
                }
            }
        }
        finally
        {
            _saved.Moved -= signal.Set;
        }
    }

    /// <summary>Edits that the chain does not hold yet, in the order they were made. Works locked; contents open unlocked.</summary>
    public IReadOnlyList<OutboxEdit> Outbox(GroupId? group = null)
    {
        _ = _core.RequireAccount();
        var rows = group is { } id ? _core.Replica.Outbox.Of(id) : _core.Replica.Outbox.All();
        var signed = rows.Select(row => row.Group).Distinct().SelectMany(InFlight).ToHashSet();
        var key = _core.Keys?.Daily.StorageKey;
        return [.. rows.Select(row => new OutboxEdit(
            row.Group,
            row.Item,
            row.Op.ToString(),
            row.Quarantined ? EditState.Quarantined : EditState.Pending,
            row.IsDelete,
            row.Fault,
            row.MadeMs,
            signed.Contains(row.Op),
            key is null ? null : row.OpenBase(key),
            key is null ? null : row.OpenEdit(key)))];
    }

    /// <summary>How many edits <see cref="Outbox"/> would list; opens none of them.</summary>
    public int OutboxCount(GroupId? group = null)
    {
        _ = _core.RequireAccount();
        return _core.Replica.Outbox.Count(group);
    }

    /// <summary>Puts an edit that was kept aside back into the queue.</summary>
    public void Retry(string opId)
    {
        var row = Row(opId);
        _core.Replica.Database.Transact("retry", () => _core.Replica.Outbox.Release(row.Op));
        _core.RaiseChanged(row.Group);
        _core.Wake.Set();
    }

    /// <summary>
    /// Throws an edit away, for good: the only way an edit leaves without having been saved. InFlight: a call carried a commit with it
    /// whose outcome is not known: what may stand already cannot be taken back by forgetting it.
    /// </summary>
    public void Discard(string opId)
    {
        var row = Row(opId);
        _editor.Discard(row);
        _saved.Discarded(row.Op);
    }

    private (ItemId Id, Item? Seen, Item? Made) Changed(FollowedGroup group, ItemId id, Action<Item> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var seen = Seen(group, id);
        var made = seen.Clone();
        change(made);
        ItemHistory.Keep(seen, made, _core.WallMs);
        made.ModifiedMs = _core.WallMs;
        return (id, seen, made);
    }

    private IEnumerable<OperationId> InFlight(GroupId group) => _core.Replica.Journal.InFlight(group).SelectMany(commit => commit.Ops);

    private async Task<bool> TryRoundAsync(GroupId group, CancellationToken cancellation)
    {
        try
        {
            await _loop.RoundAsync(group, cancellation);
            return true;
        }
        catch (VaultException failed) when (failed.IsOffline || failed.Fault.RetryAfter is not null)
        {
            return false;
        }
    }

    private EditOutcome Outcome(OperationId op)
    {
        if (_core.Replica.Outbox.Find(op) is { } row)
        {
            return new EditOutcome(row.Quarantined ? EditState.Quarantined : EditState.Pending, null, row.Fault);
        }

        return _saved.Find(op) ?? new EditOutcome(EditState.Saved, null, null);
    }

    private OutboxRow Row(string opId) =>
        OperationId.TryParseText(opId, out var op) && _core.Replica.Outbox.Find(op.Value) is { } row ? row : throw NotFound(opId);

    private FollowedGroup Open(GroupId group)
    {
        _ = _core.RequireKeys();
        return _core.RequireGroup(group);
    }

    private FollowedGroup Writable(GroupId group)
    {
        var found = Open(group);
        var role = found.State!.MemberOf(_core.Account!.Id)?.Role ?? Role.Unspecified;
        return role >= Role.Editor
            ? found
            : throw new VaultException(
                new Fault(role == Role.Unspecified ? FaultCode.NotAMember : FaultCode.ForbiddenByRole).At(group.Value, found.VerifiedSeq, null))
            {
                Refusal = ClientRefusal.Forbidden,
            };
    }

    private Item Seen(FollowedGroup group, ItemId id)
    {
        if (_editor.See(group, id) is not { } laid || (laid.Item is null && laid.Damage is null))
        {
            throw NotFound(id.ToString());
        }

        // Nothing good is known of a damaged item: editing blank would overwrite what another device may still read.
        return laid.Item ?? throw new VaultException(laid.Damage!);
    }

    private ItemView View(FollowedGroup group, ItemId id, Overlaid laid, bool pending)
    {
        var live = group.State!.Items.GetValueOrDefault(id);
        var item = laid.Item?.Clone() ?? new Item();
        return new ItemView
        {
            Group = group.Id,
            Id = id,
            Item = item,
            Pending = pending,
            Seq = live?.Seq,
            Author = live?.Author,
            ConflictOf = ItemConflicts.ConflictOf(item),
            Damage = laid.Damage,
        };
    }

    private static bool BeginsWith(ItemView item, string selector) =>
        selector.Length >= LeastIdDigits && item.Id.ToString().StartsWith(selector, StringComparison.OrdinalIgnoreCase);

    private static bool IsAt(ItemView item, string selector) =>
        item.Item.Urls.Any(url => string.Equals(url.Url_, selector, StringComparison.OrdinalIgnoreCase)
            || (Uri.TryCreate(url.Url_, UriKind.Absolute, out var known) && Uri.TryCreate(selector, UriKind.Absolute, out var asked)
                && string.Equals(known.Host, asked.Host, StringComparison.OrdinalIgnoreCase)));

    private static VaultException NotFound(string what) => VaultException.Refuse(ClientRefusal.NotFound, $"Nothing called {what} is here.");
}
