using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Histories;

/// <summary>What the writer of a commit pretends, against the rules.</summary>
[Flags]
internal enum Lies
{
    None = 0,
    Role = 1,
    NotDue = 2,
    AnyDevice = 4,
    OldEpoch = 8,
    NoEpoch = 16,
    OldSeals = 32,
    Stranger = 64,
}

/// <summary>
/// Composes one commit out of several random changes, following the rules by its own reckoning: what it makes without
/// lies must be accepted. So it is a second, independent reading of FORMAT.md, section 5.
/// </summary>
internal sealed class CommitWriter
{
    private readonly SeededRandom _random;
    private readonly VerifiedGroup _state;
    private readonly IReadOnlyDictionary<AccountId, TestPerson> _people;
    private readonly Lies _lies;
    private readonly GroupBody _body = new();
    private readonly SortedDictionary<AccountId, VerifiedAccount> _anchors = [];
    private readonly Dictionary<AccountId, Role> _roles = [];
    private readonly Dictionary<InviteId, OpenInviteRecord> _invites = [];
    private readonly TestPerson _author;
    private readonly Role _rank;
    private DeviceId _device;
    private bool _due;

    private CommitWriter(SeededRandom random, VerifiedGroup state, IReadOnlyDictionary<AccountId, TestPerson> people, Lies lies)
    {
        _random = random;
        _state = state;
        _people = people;
        _lies = lies;
        foreach (var member in state.Members.Values)
        {
            _anchors[member.Account] = member.Anchor;
            _roles[member.Account] = member.Role;
        }

        foreach (var invite in state.Invites.Values)
        {
            _invites[invite.Id] = invite;
        }

        _due = state.RotationDue;
        TestPerson[] authors = [.. people.Values.Where(p => lies.HasFlag(Lies.Stranger) || _roles.ContainsKey(p.Id)).OrderBy(p => p.Id)];
        _author = random.Pick(authors);
        _rank = lies.HasFlag(Lies.Role) ? Role.Owner : _roles.GetValueOrDefault(_author.Id, Role.Owner);
    }

    /// <summary>A body ready to be signed by its device; null when the author drawn can do nothing now.</summary>
    public static GroupBody? Write(SeededRandom random, VerifiedGroup state, IReadOnlyDictionary<AccountId, TestPerson> people, Lies lies)
    {
        var writer = new CommitWriter(random, state, people, lies);
        return writer.Author() && writer.Change() ? writer._body : null;
    }

    private bool First => _state.Head.Seq == 0;

    private bool Author()
    {
        var anchor = _state.MemberOf(_author.Id)?.Anchor ?? _author.State;
        var behind = _author.State.Head.Seq > anchor.Head.Seq;
        if (behind && (_random.Chance(50) || !anchor.Devices.Values.Any(d => d.IsActive)))
        {
            _body.ReAnchors.Add(Parts.ReAnchor(anchor, _author));
            Move(_author.Id, _author.State);
            anchor = _author.State;
        }

        VerifiedDevice[] devices = [.. anchor.Devices.Values.Where(d => d.IsActive || _lies.HasFlag(Lies.AnyDevice))];
        if (devices.Length == 0)
        {
            return false;
        }

        _device = _random.Pick(devices).Id;
        _body.Version = 1;
        _body.Group = _state.Id.ToByteString();
        _body.Seq = _state.Head.Seq + 1;
        _body.Prev = _state.Head.Id.ToByteString();
        _body.AuthorAccount = _author.Id.ToByteString();
        _body.AuthorDevice = _device.ToByteString();
        _body.AuthorHead = anchor.Head.ToAccountHead();
        return true;
    }

    private bool Change()
    {
        if (!First && _random.Chance(5) && LastOwnerStays(_author.Id))
        {
            _body.Leave = new LeaveGroup();
            return true;
        }

        if (!First && _rank == Role.Owner && _body.ReAnchors.Count == 0 && _random.Chance(1))
        {
            _body.Close = new CloseGroup();
            return true;
        }

        ReAnchorOthers();
        if (_rank >= Role.Admin)
        {
            Administer();
        }

        if (First && _rank < Role.Editor)
        {
            return false;
        }

        if (_rank >= Role.Editor)
        {
            Edit();
        }

        Sort();
        return _body.CalculateSize() > 0 && IsChange();
    }

    private bool IsChange() =>
        _body.ReAnchors.Count + _body.Removes.Count + _body.Roles.Count + _body.CloseInvites.Count + _body.OpenInvites.Count
        + _body.Adds.Count + _body.Deletes.Count + _body.Puts.Count > 0
        || _body.Info is not null || _body.Epoch is not null || _body.Note is not null;

    private void ReAnchorOthers()
    {
        foreach (var account in _anchors.Keys.Where(id => id != _author.Id).ToArray())
        {
            var person = _people[account];
            if (person.State.Head.Seq > _anchors[account].Head.Seq && _random.Chance(25))
            {
                _body.ReAnchors.Add(Parts.ReAnchor(_anchors[account], person));
                Move(account, person.State);
            }
        }
    }

    private void Move(AccountId account, VerifiedAccount next)
    {
        if (!_anchors.TryGetValue(account, out var old))
        {
            return;
        }

        foreach (var device in next.Devices.Values.Where(d => !d.IsActive))
        {
            var status = old.Devices.TryGetValue(device.Id, out var was) ? was.Status : DeviceStatus.Active;
            _due |= device.Status == DeviceStatus.Revoked && status != DeviceStatus.Revoked;
            if (status != device.Status)
            {
                CloseWhere(invite => invite.Opener == account && invite.OpenerDevice == device.Id);
            }
        }

        _due |= next.SealingKeyId != old.SealingKeyId;
        _anchors[account] = next;
    }

    private void Administer()
    {
        if (_random.Chance(10))
        {
            Remove();
        }

        if (_random.Chance(14))
        {
            ChangeRole();
        }

        foreach (var invite in _invites.Values.OrderBy(i => i.Id).ToArray())
        {
            if (_random.Chance(6) && MayGrant(_rank, invite.Role))
            {
                _body.CloseInvites.Add(new CloseInvite { Invite = invite.Id.ToByteString() });
                _invites.Remove(invite.Id);
            }
        }

        if (!First && _state.Kind == GroupKind.Shared)
        {
            if (_random.Chance(15))
            {
                OpenInvite();
            }

            if (_random.Chance(25))
            {
                Add();
            }
        }

        if (_random.Chance(10))
        {
            _body.Info = new GroupInfo { Info = new Boxed { Box = _random.Bytes(Limits.BlobBytesMin) } };
        }
    }

    private void Remove()
    {
        AccountId[] targets = [.. _anchors.Keys.Where(id => id != _author.Id && MayGrant(_rank, _roles[id]))];
        if (targets.Length == 0)
        {
            return;
        }

        var target = _random.Pick(targets);
        _body.Removes.Add(new RemoveMember { Account = target.ToByteString() });
        _anchors.Remove(target);
        _roles.Remove(target);
        CloseWhere(invite => invite.Opener == target);
    }

    private void ChangeRole()
    {
        AccountId[] targets = [.. _anchors.Keys.Where(id => MayGrant(_rank, _roles[id]))];
        var role = (Role)(1 + _random.Next(4));
        if (targets.Length == 0 || !MayGrant(_rank, role))
        {
            return;
        }

        var target = _random.Pick(targets);
        if (_roles[target] == role || (_roles[target] == Role.Owner && !LastOwnerStays(target)))
        {
            return;
        }

        _body.Roles.Add(new ChangeRole { Account = target.ToByteString(), Role = role });
        if (role < _roles[target])
        {
            CloseWhere(invite => invite.Opener == target);
        }

        _roles[target] = role;
    }

    private void OpenInvite()
    {
        var role = (Role)(1 + _random.Next(4));
        var roleAfter = _roles.GetValueOrDefault(_author.Id);
        if (!MayGrant(_rank, role) || (!MayGrant(roleAfter, role) && !_lies.HasFlag(Lies.Role)))
        {
            return;
        }

        // Every invite of a group has its own key: as many were ever opened as are open or closed.
        var name = $"history/{_state.Invites.Count + _state.ClosedInvites.Count}";
        _body.OpenInvites.Add(new OpenInvite
        {
            InviteKey = Parts.InviteKey(name).Public,
            Role = role,
            Terms = new Boxed { Box = _random.Bytes(Limits.BlobBytesMin) },
        });
    }

    private void Add()
    {
        TestPerson[] newcomers = [.. _people.Values.Where(p => !_anchors.ContainsKey(p.Id)).OrderBy(p => p.Id)];
        if (newcomers.Length == 0)
        {
            return;
        }

        var person = _random.Pick(newcomers);
        OpenInviteRecord[] open = [.. _invites.Values.Where(i => MayGrant(_rank, i.Role) && TestKey.IsHeld(i.Key)).OrderBy(i => i.Id)];
        var device = person.State.Devices.Values.FirstOrDefault(d => d.IsActive);
        var role = (Role)(1 + _random.Next(4));
        InviteProof? proof = null;
        if (open.Length > 0 && device is not null && _random.Chance(60))
        {
            var invite = _random.Pick(open);
            role = invite.Role;
            var join = Parts.Join(_state, invite.Id, person);
            join.Device = device.Id.ToByteString();
            proof = Parts.Proof(join, TestKey.Of(invite.Key), TestKey.Of(device.Id));
            _invites.Remove(invite.Id);
        }

        if (!MayGrant(_rank, role))
        {
            return;
        }

        var add = Parts.Add(person, role, sealedHere: false);
        add.Proof = proof;
        _body.Adds.Add(add);
        _anchors[person.Id] = person.State;
        _roles[person.Id] = role;
    }

    private void Edit()
    {
        var epoch = First || _body.Removes.Count > 0 || _random.Chance(8);
        var opened = _body.OpenInvites.Count > 0 || _body.Info is not null;
        Delete();
        var puts = _random.Chance(60) ? 1 + _random.Next(3) : 0;
        var note = _random.Chance(20);
        epoch |= _due && (opened || puts > 0 || note) && !_lies.HasFlag(Lies.NotDue);
        if (_lies.HasFlag(Lies.NoEpoch))
        {
            epoch = false;
        }

        var number = _state.Epoch;
        if (epoch)
        {
            number += (ulong)(First ? 1 : 1 + _random.Next(_random.Chance(10) ? 1000 : 3));
            _body.Epoch = Epoch(number);
        }

        foreach (var add in _body.Adds.Where(_ => !epoch))
        {
            add.Seal = Seal(_anchors[AccountId.Parse(add.Account.Span)]);
        }

        if (_lies.HasFlag(Lies.OldEpoch))
        {
            number = Math.Max(1, number - 1);
        }

        Put(puts, number);
        _body.Note = note ? new Boxed { Epoch = number, Box = _random.Bytes(Limits.BlobBytesMin) } : null;
        if (_body.Info is { } info)
        {
            info.Info.Epoch = number;
        }

        foreach (var open in _body.OpenInvites)
        {
            open.Terms.Epoch = number;
        }
    }

    private Epoch Epoch(ulong number)
    {
        var epoch = new Epoch { Number = number, Commitment = _random.Bytes(32) };
        foreach (var (account, anchor) in _anchors)
        {
            epoch.Seals.Add(Seal(_lies.HasFlag(Lies.OldSeals) && _state.MemberOf(account) is { } old ? old.Anchor : anchor));
        }

        epoch.Wraps.Add(_state.Epochs.Keys.Where(_ => _random.Chance(70)).Take(Limits.EpochWraps)
            .Select(old => new EpochWrap { Epoch = old, Box = _random.Bytes(Limits.EpochWrapBytes) }));
        return epoch;
    }

    private void Delete()
    {
        foreach (var item in _state.Items.Values)
        {
            if (_random.Chance(6))
            {
                _body.Deletes.Add(new DeleteItem { Item = item.Id.ToByteString(), Replaces = item.BlobHash.ToByteString(), OpId = _random.Bytes(16) });
            }
        }
    }

    private void Put(int count, ulong epoch)
    {
        LiveItem[] live = [.. _state.Items.Values.Where(item => !_body.Deletes.Any(d => d.Item == item.Id.ToByteString()))];
        for (var i = 0; i < count; i++)
        {
            var edited = live.Length > 0 && _random.Chance(50) ? _random.Pick(live) : null;
            var id = edited?.Id.ToByteString() ?? _random.Bytes(16);
            if (_body.Puts.Any(put => put.Item == id))
            {
                continue;
            }

            var put = new PutItem
            {
                Item = id,
                Epoch = epoch,
                BlobSize = (uint)(Limits.BlobBytesMin + _random.Next(5000)),
                Replaces = edited?.BlobHash.ToByteString() ?? ByteString.Empty,
                OpId = _random.Bytes(16),
            };
            put.BlobHash = BlobHashes.Of(PutBlobs.OfItem(put)).ToByteString();
            if (_random.Chance(15))
            {
                var chunk = new AttachmentChunk { Size = Limits.BlobBytesMin };
                chunk.Hash = BlobHashes.Of(PutBlobs.OfAttachment(put, chunk)).ToByteString();
                put.Attachments.Add(chunk);
            }

            _body.Puts.Add(put);
        }
    }

    private Seal Seal(VerifiedAccount to) => new()
    {
        Account = to.Id.ToByteString(),
        KeyId = to.SealingKeyId.ToByteString(),
        Sealed = Filler.Bytes("seal", Limits.SealedKeyBytes),
    };

    private void CloseWhere(Func<OpenInviteRecord, bool> fallen)
    {
        foreach (var invite in _invites.Values.Where(fallen).ToArray())
        {
            _invites.Remove(invite.Id);
        }
    }

    private bool LastOwnerStays(AccountId without) => _roles.Any(r => r.Value == Role.Owner && r.Key != without);

    private static bool MayGrant(Role granter, Role role) => granter == Role.Owner || (granter == Role.Admin && role < Role.Admin);

    private void Sort()
    {
        Sort(_body.ReAnchors, r => r.Account);
        Sort(_body.Removes, r => r.Account);
        Sort(_body.Roles, r => r.Account);
        Sort(_body.CloseInvites, c => c.Invite);
        Sort(_body.OpenInvites, o => o.InviteKey);
        Sort(_body.Adds, a => a.Account);
        Sort(_body.Deletes, d => d.Item);
        Sort(_body.Puts, p => p.Item);
    }

    private static void Sort<T>(Google.Protobuf.Collections.RepeatedField<T> list, Func<T, ByteString> key)
    {
        if (list.Count > 1)
        {
            var sorted = list.OrderBy(x => Convert.ToHexString(key(x).Span), StringComparer.Ordinal).ToArray();
            list.Clear();
            list.Add(sorted);
        }
    }
}
