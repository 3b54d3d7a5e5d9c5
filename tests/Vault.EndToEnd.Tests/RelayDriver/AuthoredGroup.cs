using Google.Protobuf;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Crypto;
using Vault.Crypto.Groups;
using Vault.Crypto.Items;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDriver;

/// <summary>A group of one author, extended commit by commit; every commit passes the rules before it is handed out.</summary>
public sealed class AuthoredGroup : IDisposable
{
    private readonly Author _author;
    private readonly SeededRandom _random;
    private readonly GroupKey _key;
    private readonly List<ItemId> _items = [];

    private AuthoredGroup(Author author, SeededRandom random, VerifiedGroup state, GroupKey key, IReadOnlyList<AuthoredCommit> founding)
    {
        _author = author;
        _random = random;
        _key = key;
        State = state;
        Founding = founding;
    }

    public GroupId Id => State.Id;

    /// <summary>The state after the last commit made.</summary>
    public VerifiedGroup State { get; private set; }

    /// <summary>Commits 0 and 1: the genesis and the first epoch.</summary>
    public IReadOnlyList<AuthoredCommit> Founding { get; }

    /// <summary>Where the chain stands now, to return to.</summary>
    public Mark Here => new(State, _items.Count);

    public static AuthoredGroup Found(Author author, SeededRandom random)
    {
        var genesis = CommitSigner.Genesis(author.Account, author.Entries, GroupKind.Shared, author.Device, random);
        var founded = GroupRules.Found(genesis).Value.After;
        using var known = new EpochKeys(founded.Id, author.Account.Id);
        var (epoch, key) = EpochStart.Build(founded.Id, 1, author.Account.Id, [author.Account], known, random);
        var body = CommitSigner.Start(founded, author.Account, author.DeviceId);
        body.Epoch = epoch;
        body.Info = new GroupInfo { Info = BoxedFields.SealInfo(key, founded.Id, 1, new GroupInfoPlain { Name = "family" }, random) };
        var entry = CommitSigner.Sign(body, author.Device);
        var state = GroupRules.Extend(founded, entry).Value.After;
        return new AuthoredGroup(
            author, random, state, key,
            [new(founded.Id, founded.Head, genesis, []), new(founded.Id, state.Head, entry, [])]);
    }

    /// <summary>
    /// A put of a login, new or edited by the toss of a coin: with the note that says when, or without as a program's would be.
    /// </summary>
    public AuthoredCommit Put(bool note = false, int notesBytes = 0)
    {
        var edit = _items.Count > 0 && _random.Below(2) == 0;
        var id = edit ? _items[_random.Below(_items.Count)] : ItemId.Parse(_random.Bytes(ItemId.Size));
        var plain = Login(notesBytes);
        var blob = ItemBox.Seal(_key, Id, id, State.Epoch, plain, _random);
        var body = CommitSigner.Start(State, _author.Account, _author.DeviceId);
        body.Puts.Add(new PutItem
        {
            Item = id.ToByteString(),
            Epoch = State.Epoch,
            BlobHash = BlobHashes.Of(blob).ToByteString(),
            BlobSize = (uint)blob.Length,
            Replaces = edit ? State.Items[id].BlobHash.ToByteString() : ByteString.Empty,
            OpId = ByteString.CopyFrom(_random.Bytes(Limits.OperationIdBytes)),
        });
        if (note)
        {
            body.Note = BoxedFields.SealNote(_key, Id, State.Epoch, new Note { TimeMs = 1_700_000_000_000 }, _random);
        }

        var entry = CommitSigner.Sign(body, _author.Device);
        State = GroupRules.Extend(State, entry).Value.After;
        if (!edit)
        {
            _items.Add(id);
        }

        return new AuthoredCommit(Id, State.Head, entry, [blob]) { Written = (id, plain) };
    }

    /// <summary>Makes somebody a viewer, with the current key sealed to them.</summary>
    public AuthoredCommit Add(Author viewer)
    {
        var body = CommitSigner.Start(State, _author.Account, _author.DeviceId);
        body.Adds.Add(new AddMember
        {
            Account = viewer.Account.Id.ToByteString(),
            Role = Role.Viewer,
            AccountEntries = { viewer.Entries },
            Seal = EpochStart.SealFor(_key, Id, State.Epoch, _author.Account.Id, viewer.Account, _random),
        });
        var entry = CommitSigner.Sign(body, _author.Device);
        State = GroupRules.Extend(State, entry).Value.After;
        return new AuthoredCommit(Id, State.Head, entry, []);
    }

    /// <summary>Forgets the commits made since: they were never pushed.</summary>
    public void GoTo(Mark mark)
    {
        State = mark.State;
        _items.RemoveRange(mark.Items, _items.Count - mark.Items);
    }

    public void Dispose() => _key.Dispose();

    private Item Login(int notesBytes)
    {
        var item = new Item
        {
            Version = 1,
            Type = ItemType.Login,
            Title = "A shop at the corner",
            Notes = Convert.ToHexStringLower(_random.Bytes(notesBytes / 2)),
        };
        item.Fields.Add(Text("username", FieldType.Text, "somebody@example.org"));
        item.Fields.Add(Text("password", FieldType.Concealed, Convert.ToBase64String(_random.Bytes(15))));
        item.Urls.Add(new Url { Id = "1", Url_ = "https://shop.example.org/login" });
        return item;
    }

    /// <summary>A place in a chain.</summary>
    public readonly record struct Mark(VerifiedGroup State, int Items);

    private static Field Text(string id, FieldType type, string value) => new() { Id = id, Type = type, Value = value };
}
