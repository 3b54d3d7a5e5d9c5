using Vault.Client.Items;
using Vault.Client.Sync;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Client.Groups;

/// <summary>
/// The personal group's own records: which groups this person accepted, and whom they know and how. Items like all others, so
/// they reach every device of the account, and the relay can take none away without it showing.
/// </summary>
internal sealed class PersonalRecords(ClientCore core, ItemEditor editor)
{
    /// <summary>The personal group, once it is here.</summary>
    public FollowedGroup? Group =>
        core.Account?.State.PersonalGroup is { } id && core.Groups.TryGetValue(id, out var group) && group.State is not null ? group : null;

    public IReadOnlyList<GroupRecord> Groups() => Records(item => item.GroupRecord);

    public IReadOnlyList<Pin> Pins() => Records(item => item.Pin);

    public Pin? PinOf(AccountId account) => Pins().FirstOrDefault(pin => pin.Account == account.ToByteString());

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

    /// <summary>Notes that a group is over for this person.</summary>
    public void MarkLeft(FollowedGroup group)
    {
        if (Groups().Any(record => record.Group == group.Id.ToByteString() && !record.Left))
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
            if (record.Left || known?.Follow == Replicas.Follow.Accepted || (known?.Follow == Replicas.Follow.Over && IsOut(known)))
            {
                continue;
            }

            core.Replica.Database.Transact("follow", () => Replicas.ReplicaGuard.Follow(core, core.Keys!, id, Replicas.Follow.Accepted));
            if (known is null)
            {
                known = new FollowedGroup(id, core.Seams.Time) { WantsPull = true };
                core.Groups.Add(id, known);
            }

            known.Follow = Replicas.Follow.Accepted;
            core.Wake.Set();
        }
    }

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
