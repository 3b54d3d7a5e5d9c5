using Google.Protobuf;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Groups;
using Vault.Protocol.V1;

namespace Vault.Server.Tests.Kit;

/// <summary>A group as one client that sees everything would keep it: builds valid commits on its own head.</summary>
internal sealed class Circle
{
    private readonly SeededRandom _random;
    private readonly EpochKeys _keys;
    private GroupKey? _key;

    public Circle(SeededRandom random, Person owner)
    {
        _random = random;
        Commits.Add(CommitSigner.Genesis(owner.Account, owner.Entries, GroupKind.Shared, owner.Device, random));
        State = GroupRules.Found(Commits[0]).Value.After;
        _keys = new EpochKeys(Id, owner.Id);
        Commit(owner, body => StartEpoch(body, owner, [owner]));
    }

    public GroupId Id => State.Id;

    public VerifiedGroup State { get; private set; }

    public List<SignedEntry> Commits { get; } = [];

    public List<byte[]> Blobs { get; } = [];

    public ByteString Token => new ChangeToken(Id, State.Head).ToByteString();

    /// <summary>A commit on the head, taken into the state.</summary>
    public SignedEntry Commit(Person author, Action<GroupBody> change)
    {
        var entry = Draft(author, change);
        State = GroupRules.Extend(State, entry).Value.After;
        Commits.Add(entry);
        return entry;
    }

    /// <summary>Back to a commit, to go on from there another way. No epoch may lie between.</summary>
    public void Rewind(ulong seq)
    {
        Commits.RemoveRange((int)seq + 1, Commits.Count - (int)seq - 1);
        State = GroupRules.Verify(Commits).Value;
    }

    /// <summary>A commit on the head that goes no further than this.</summary>
    public SignedEntry Draft(Person author, Action<GroupBody> change)
    {
        var body = CommitSigner.Start(State, State.MemberOf(author.Id)?.Anchor ?? author.Account, author.DeviceId);
        change(body);
        return CommitSigner.Sign(body, author.Device);
    }

    public PushRequest Put(Person author, ItemId? item = null, int blobBytes = Limits.BlobBytesMin)
    {
        var (put, blob) = NewPut(item ?? ItemId.Parse(_random.Bytes(16)), blobBytes);
        Blobs.Add(blob);
        return Push([Commit(author, body => body.Puts.Add(put))], blob);
    }

    public (PutItem Put, byte[] Blob) NewPut(ItemId item, int blobBytes = Limits.BlobBytesMin)
    {
        var blob = _random.Bytes(blobBytes);
        var put = new PutItem
        {
            Item = item.ToByteString(),
            Epoch = State.Epoch,
            BlobHash = BlobHashes.Of(blob).ToByteString(),
            BlobSize = (uint)blob.Length,
            OpId = ByteString.CopyFrom(_random.Bytes(16)),
            Replaces = State.Items.TryGetValue(item, out var live) ? live.BlobHash.ToByteString() : ByteString.Empty,
        };
        return (put, blob);
    }

    public PushRequest Add(Person author, Person added, Role role, InviteProof? proof = null) => Push([Commit(author, body => body.Adds.Add(new AddMember
    {
        Account = added.Id.ToByteString(),
        Role = role,
        AccountEntries = { added.Entries },
        Seal = EpochStart.SealFor(_key!, Id, State.Epoch, author.Id, added.Account, _random),
        Proof = proof,
    }))]);

    public PushRequest Remove(Person author, Person removed, params Person[] left) => Push([Commit(author, body =>
    {
        body.Removes.Add(new RemoveMember { Account = removed.Id.ToByteString() });
        StartEpoch(body, author, left);
    })]);

    public PushRequest Invite(Person author, SigningKey key, Role role)
    {
        var id = KeyIds.OfInvite(key.PublicKey);
        return Push([Commit(author, body => body.OpenInvites.Add(new OpenInvite
        {
            InviteKey = ByteString.CopyFrom(key.PublicKey),
            Role = role,
            Terms = BoxedFields.SealTerms(_key!, Id, id, State.Epoch, new InviteTerms(), _random),
        }))]);
    }

    public PushRequest Push(IEnumerable<SignedEntry> commits, params byte[][] blobs)
    {
        var request = new PushRequest { Group = Id.ToByteString() };
        request.Commits.Add(commits);
        request.Blobs.Add(blobs.Select(blob => new Blob { Content = ByteString.CopyFrom(blob) }));
        return request;
    }

    private void StartEpoch(GroupBody body, Person author, Person[] roster)
    {
        (body.Epoch, _key) = EpochStart.Build(
            Id, State.Epoch + 1, author.Id, roster.Select(member => State.MemberOf(member.Id)?.Anchor ?? member.Account), _keys, _random);
        _keys.Take(body.Epoch.Number, _key);
    }
}
