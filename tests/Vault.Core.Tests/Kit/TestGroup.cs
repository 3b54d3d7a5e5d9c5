using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Kit;

/// <summary>A group's chain as accepted so far, and the builder of what may come next.</summary>
internal sealed class TestGroup
{
    private readonly List<SignedEntry> _commits;

    private TestGroup(VerifiedGroup state, List<SignedEntry> commits)
    {
        State = state;
        _commits = commits;
    }

    public VerifiedGroup State { get; private set; }

    public IReadOnlyList<SignedEntry> Commits => _commits;

    public static GroupBody Genesis(TestPerson owner, GroupKind kind = GroupKind.Shared)
    {
        var body = new GroupBody
        {
            Version = 1,
            Prev = ByteString.CopyFrom(new byte[32]),
            AuthorAccount = owner.Id.ToByteString(),
            AuthorDevice = owner.Devices[0].ToByteString(),
            AuthorHead = owner.State.Head.ToAccountHead(),
            Genesis = new GroupGenesis { Kind = kind, Random = Filler.Bytes(owner.Name + "/group", 32) },
        };
        body.Genesis.AccountEntries.Add(owner.Entries.Select(entry => entry.Clone()));
        return body;
    }

    /// <summary>A group of one, at its genesis.</summary>
    public static TestGroup Founded(TestPerson owner, GroupKind kind = GroupKind.Shared) => FoundedBy(Sign(Genesis(owner, kind)));

    public static TestGroup FoundedBy(SignedEntry genesis) => new(GroupRules.Found(genesis).Value.After, [genesis]);

    /// <summary>A group of one with its first epoch.</summary>
    public static TestGroup Started(TestPerson owner, GroupKind kind = GroupKind.Shared) =>
        Founded(owner, kind).Accept(owner, (group, body) => body.Epoch = group.NextEpoch());

    /// <summary>A started group with further members, all added by the owner.</summary>
    public static TestGroup With(TestPerson owner, params (TestPerson Person, Role Role)[] members)
    {
        var group = Started(owner);
        if (members.Length > 0)
        {
            group.Accept(owner, body => body.Adds.Add(members.OrderBy(m => m.Person.Id).Select(m => Parts.Add(m.Person, m.Role))));
        }

        return group;
    }

    public static SignedEntry Sign(GroupBody body) => SignBytes(body.ToByteString(), DeviceId.Parse(body.AuthorDevice.Span));

    public static SignedEntry SignBytes(ByteString bytes, DeviceId device) => SignBytes(bytes, TestKey.Of(device));

    public static SignedEntry SignBytes(ByteString bytes, params TestKey[] keys)
    {
        var entry = new SignedEntry { Body = bytes };
        entry.Signatures.Add(keys.Select(key => key.Sign(Purpose.SignGroupCommit, bytes)));
        return entry;
    }

    public TestGroup Copy() => new(State, [.. _commits]);

    public VerifiedAccount AnchorOf(TestPerson person) => State.MemberOf(person.Id)!.Anchor;

    /// <summary>The next body by this author, with no change in it yet.</summary>
    public GroupBody Body(TestPerson author, DeviceId? device = null) => new()
    {
        Version = 1,
        Group = State.Id.ToByteString(),
        Seq = State.Head.Seq + 1,
        Prev = State.Head.Id.ToByteString(),
        AuthorAccount = author.Id.ToByteString(),
        AuthorDevice = (device ?? author.Devices[0]).ToByteString(),
        AuthorHead = (State.MemberOf(author.Id)?.Anchor ?? author.State).Head.ToAccountHead(),
    };

    /// <summary>The next epoch for the members there are, with a wrap of the present one.</summary>
    public Epoch NextEpoch() =>
        Parts.Epoch(State.Epoch + 1, State.Members.Values.Select(member => member.Anchor), State.Epoch == 0 ? [] : [State.Epoch]);

    /// <summary>The next epoch for these members after the commit.</summary>
    public Epoch NextEpoch(params TestPerson[] members) =>
        Parts.Epoch(State.Epoch + 1, members.Select(member => member.State), State.Epoch == 0 ? [] : [State.Epoch]);

    public ReAnchor ReAnchor(TestPerson person) => Parts.ReAnchor(AnchorOf(person), person);

    /// <summary>A commit that need not be legal.</summary>
    public SignedEntry Commit(TestPerson author, Action<GroupBody> change, DeviceId? device = null)
    {
        var body = Body(author, device);
        change(body);
        return Sign(body);
    }

    /// <summary>Takes a legal commit into the chain.</summary>
    public TestGroup Accept(TestPerson author, Action<GroupBody> change) => Accept(Commit(author, change));

    public TestGroup Accept(TestPerson author, Action<TestGroup, GroupBody> change) => Accept(Commit(author, body => change(this, body)));

    public TestGroup Accept(SignedEntry commit)
    {
        State = GroupRules.Extend(State, commit).Value.After;
        _commits.Add(commit);
        return this;
    }

    /// <summary>The chain, and one more commit that need not be legal.</summary>
    public IReadOnlyList<SignedEntry> Then(TestPerson author, Action<GroupBody> change) => Then(Commit(author, change));

    public IReadOnlyList<SignedEntry> Then(SignedEntry commit) => [.. _commits, commit];
}
