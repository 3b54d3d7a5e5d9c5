using Vault.Client.Items;
using Vault.Client.Sync;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using Fault = Vault.Core.Fault;

namespace Vault.Client.Groups;

/// <summary>
/// The personal group's own records: which groups this person accepted, and whom they know and how. Items like all others, so
/// they reach every device of the account, and the relay can take none away without it showing.
/// </summary>
internal sealed class PersonalRecords(ClientCore core, ItemEditor editor)
{
    private const ulong RefreshAfterCommits = 64;
    private const long RefreshAfterMs = 24 * 60 * 60 * 1000;

    /// <summary>The personal group, once it is here.</summary>
    public FollowedGroup? Group =>
        core.Account?.State.PersonalGroup is { } id && core.Groups.TryGetValue(id, out var group) && group.State is not null ? group : null;

    public IReadOnlyList<GroupRecord> Groups() => Records(item => item.GroupRecord);

    public IReadOnlyList<Pin> Pins() => Records(item => item.Pin);

    public Pin? PinOf(AccountId account) => Pins().FirstOrDefault(pin => pin.Account == account.ToByteString());

    /// <summary>
    /// Why an account chain is not the pinned person's as they are known here: it ends before what was pinned, or leaves it. Either way a
    /// key sealed to it may be one that they gave up, because somebody took it (attack: the relay shows a chain as it was before a theft).
    /// Null: nothing pinned says otherwise.
    /// </summary>
    public Fault? AgainstPin(AccountId account, IReadOnlyList<SignedEntry> entries)
    {
        if (PinOf(account) is not { } pin)
        {
            return null;
        }

        if (pin.Seq >= (ulong)entries.Count)
        {
            return new Fault(FaultCode.RelayBehind, "the person was pinned later").At(account.Value, pin.Seq, account);
        }

        return EntryIds.OfAccountEntryAt(entries, pin.Seq).ToByteString() == pin.Entry
            ? null
            : new Fault(FaultCode.AccountForked, "pin").At(account.Value, pin.Seq, account);
    }

    /// <summary>Accepts a group: from now on it is followed on every device.</summary>
    public void Accept(FollowedGroup group)
    {
        var head = group.State?.Head;
        Write(IdOf(group.Id.ToArray()), ItemType.GroupRecord, item =>
        {
            item.GroupRecord ??= new GroupRecord { Group = group.Id.ToByteString() };
            item.GroupRecord.Left = false;
            item.GroupRecord.Seq = head?.Seq ?? 0;
            item.GroupRecord.Commit = head?.Id.ToByteString() ?? Google.Protobuf.ByteString.Empty;
        });
    }

    /// <summary>
    /// The record of a group whose recorded head is not on the side that a person chose, moved to that side's head. Null: it need not
    /// move.
    /// </summary>
    public (FollowedGroup Personal, ItemId Id, Item Seen, Item Made)? Moved(FollowedGroup group, ChainHead to, Func<ChainHead, bool> holds)
    {
        var id = IdOf(group.Id.ToArray());
        if (Group is not { } personal || group == personal || editor.See(personal, id)?.Item is not { GroupRecord: { } record } seen
            || !EntryId.TryParse(record.Commit, out var recorded) || holds(new ChainHead(record.Seq, recorded)))
        {
            return null;
        }

        var made = seen.Clone();
        made.GroupRecord.Seq = to.Seq;
        made.GroupRecord.Commit = to.Id.ToByteString();
        made.GroupRecord.Choices++;
        made.ModifiedMs = core.WallMs;
        return (personal, id, seen, made);
    }

    /// <summary>Notes that a group is over for this person, unless another device has seen more of it.</summary>
    public void MarkLeft(FollowedGroup group)
    {
        if (Groups().Any(record => record.Group == group.Id.ToByteString() && !record.Left && record.Seq <= group.VerifiedSeq))
        {
            Write(IdOf(group.Id.ToArray()), ItemType.GroupRecord, item =>
            {
                item.GroupRecord.Left = true;
                if (group.State is { } state)
                {
                    item.GroupRecord.Seq = state.Head.Seq;
                    item.GroupRecord.Commit = state.Head.Id.ToByteString();
                }
            });
        }
    }

    /// <summary>Pins a person by an invite that was completed with them.</summary>
    public void PinByInvite(AccountId account, ChainHead head, string name)
    {
        if (PinOf(account) is { Origin: PinOrigin.Invite or PinOrigin.Words } pin && pin.Seq >= head.Seq)
        {
            return;
        }

        Write(IdOf(account.ToArray()), ItemType.Pin, item =>
        {
            item.Pin ??= new Pin { Account = account.ToByteString() };
            item.Pin.Seq = head.Seq;
            item.Pin.Entry = head.Id.ToByteString();
            item.Pin.Origin = item.Pin.Origin == PinOrigin.Words ? PinOrigin.Words : PinOrigin.Invite;
            item.Pin.MetIn = Google.Protobuf.ByteString.Empty;
            item.Pin.AddedBy = Google.Protobuf.ByteString.Empty;
            if (item.Pin.Name.Length == 0)
            {
                item.Pin.Name = name;
            }
        });
    }

    /// <summary>
    /// After an own write: brings the recorded head up to the verified one when it is far behind, so that a fresh device is shown no
    /// older world than that (attack: replaying a group to a device without memory). Rare, and only beside a write that happened anyway.
    /// </summary>
    public void Refresh(FollowedGroup group)
    {
        if (Group is not { } personal || group == personal || group.Follow != Replicas.Follow.Accepted || group.IsBelowRecord
            || group.State is not { } state || group.Own is not { } own || group.RecordLookedAt == own.Head || !group.Contains(own.Head))
        {
            return;
        }

        group.RecordLookedAt = own.Head;
        if (editor.See(personal, IdOf(group.Id.ToArray()))?.Item is { GroupRecord: { Left: false } record } item
            && record.Seq < state.Head.Seq
            && (record.Commit.IsEmpty || state.Head.Seq - record.Seq >= RefreshAfterCommits || core.WallMs - item.ModifiedMs >= RefreshAfterMs))
        {
            Accept(group);
        }
    }

    /// <summary>
    /// Follows what the records say, and nothing else: no group appears by itself. Records this device has not pulled yet are
    /// no reason to stop following one that it asked to join.
    /// </summary>
    public void Follow()
    {
        if (Group is null)
        {
            return;
        }

        foreach (var record in Groups())
        {
            if (!GroupId.TryParse(record.Group, out var id) || id == core.Account!.State.PersonalGroup)
            {
                continue;
            }

            var known = core.Groups.GetValueOrDefault(id);
            if (known is not null && !record.Left)
            {
                Raise(known, record);
            }

            // Another device that was let in again verified a head that is not here: what was over goes on. An older record tells of the
            // membership that ended, and what was asked for since goes on once the group itself says so (seed 21001).
            if (record.Left || known?.Follow == Replicas.Follow.Accepted || (known is not null && IsOut(known) && !known.IsBelowRecord))
            {
                continue;
            }

            core.Replica.Database.Transact("follow", () => Replicas.ReplicaGuard.Follow(core, core.Keys!, id, Replicas.Follow.Accepted));
            if (known is null)
            {
                known = new FollowedGroup(id, core.Seams.Time) { WantsPull = true };
                core.Groups.Add(id, known);
                Raise(known, record);
            }

            known.Follow = Replicas.Follow.Accepted;
            core.Wake.Set();
        }
    }

    // What another device verified is a floor here. A device that was revoked since sets none (attack: its thief freezes a group).
    private void Raise(FollowedGroup group, GroupRecord record)
    {
        ChainHead? head = EntryId.TryParse(record.Commit, out var id) && !IsByRevoked(group.Id) ? new ChainHead(record.Seq, id) : null;
        if (head == group.Recorded)
        {
            return;
        }

        var was = group.IsBelowRecord;
        group.Recorded = head;
        if (was || group.IsBelowRecord)
        {
            core.Replica.Database.Transact("recorded", () => core.Replica.Chains.SetRecorded(group.Id, head));
            group.WantsPull = true;
            core.Wake.Set();
        }
    }

    private bool IsByRevoked(GroupId group) =>
        Group!.State!.Items.GetValueOrDefault(IdOf(group.ToArray())) is { } live
        && core.Account!.State.Devices.GetValueOrDefault(live.AuthorDevice)?.Status == DeviceStatus.Revoked;

    private bool IsOut(FollowedGroup group) => group.State is { } state && state.MemberOf(core.Account!.Id) is null;

    private void Write(ItemId id, ItemType type, Action<Item> change)
    {
        var personal = Group ?? throw VaultException.Refuse(ClientRefusal.NotFound, "The personal group is not here yet. Sync, then try again.");
        var seen = editor.See(personal, id)?.Item;
        var made = seen?.Clone() ?? new Item { Version = 1, Type = type };
        change(made);
        made.ModifiedMs = core.WallMs;
        editor.Accept(personal, id, seen, made);
    }

    private List<T> Records<T>(Func<Item, T?> pick)
        where T : class =>
        Group is { } personal && core.Keys is not null
            ? [.. editor.SeeAll(personal).Values.Select(entry => entry.Laid.Item).OfType<Item>().Select(pick).OfType<T>()]
            : [];

    private static ItemId IdOf(byte[] id) => ItemId.Parse(id.AsSpan(0, ItemId.Size));
}
