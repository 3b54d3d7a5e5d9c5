using System.Collections.Concurrent;
using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Ids;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Kit;

/// <summary>
/// A person with every key: makes the drafts of all account entries and keeps the chain of those accepted. Names of new
/// keys come from the person's name and the position, so a copy that goes on alike makes the same bytes.
/// </summary>
internal sealed class TestPerson
{
    private static readonly ConcurrentDictionary<(string Name, bool WithRecovery), TestPerson> s_byName = new();

    private readonly string _name;
    private readonly List<SignedEntry> _entries;
    private readonly List<DeviceId> _devices;

    private TestPerson(string name, VerifiedAccount state, List<SignedEntry> entries, List<DeviceId> devices)
    {
        _name = name;
        State = state;
        _entries = entries;
        _devices = devices;
    }

    public VerifiedAccount State { get; private set; }

    public IReadOnlyList<SignedEntry> Entries => _entries;

    /// <summary>Devices in the order in which they were certified.</summary>
    public IReadOnlyList<DeviceId> Devices => _devices;

    public AccountId Id => State.Id;

    public TestKey Identity => TestKey.Of(State.IdentityKey);

    public string Name => _name;

    /// <summary>Entries 0 and 1.</summary>
    public static TestPerson Named(string name, bool withRecovery = false) => s_byName.GetOrAdd((name, withRecovery), static key =>
    {
        var person = OnlyGenesis(key.Name);
        return person.Accept(person.SetLogin(key.WithRecovery));
    }).Copy();

    /// <summary>Entry 0 alone.</summary>
    public static TestPerson OnlyGenesis(string name)
    {
        var genesis = Genesis(name).Sign();
        var state = AccountRules.Found(genesis).Value;
        return new TestPerson(name, state, [genesis], [.. state.Devices.Keys]);
    }

    public static AccountDraft Genesis(string name)
    {
        var (identity, signing, sync) = (Key(name, "identity", 0), Key(name, "signing", 0), Key(name, "sync", 0));
        var body = new AccountBody
        {
            Version = 1,
            Prev = ByteString.CopyFrom(new byte[32]),
            Genesis = new AccountGenesis
            {
                IdentityKey = identity.Public,
                SealingKey = TestSealingKey.Named($"{name}/0").Public,
                Device = new DeviceKeys { SigningKey = signing.Public, SyncKey = sync.Public },
                Random = Filler.Bytes(name + "/random", 32),
            },
        };
        return new AccountDraft(body, [identity, signing, sync]);
    }

    /// <summary>A copy that goes its own way; another name makes another branch.</summary>
    public TestPerson Copy(string? name = null) => new(name ?? _name, State, [.. _entries], [.. _devices]);

    public AccountBody Body(DeviceId? device = null) => new()
    {
        Version = 1,
        Account = State.Id.ToByteString(),
        Seq = State.Head.Seq + 1,
        Prev = State.Head.Id.ToByteString(),
        AuthorDevice = device?.ToByteString() ?? ByteString.Empty,
    };

    public AccountDraft SetLogin(bool withRecovery = false)
    {
        var body = Body();
        body.SetLogin = Login(withRecovery);
        return new AccountDraft(body, [Identity, .. AuthKeys(body.SetLogin.Ways)]);
    }

    public AccountDraft AddDevice()
    {
        var (signing, sync) = (Key("signing"), Key("sync"));
        var body = Body();
        body.AddDevice = new AddDevice { Device = new DeviceKeys { SigningKey = signing.Public, SyncKey = sync.Public } };
        return new AccountDraft(body, [Identity, signing, sync]);
    }

    public AccountDraft Retire(DeviceId device)
    {
        var body = Body(device);
        body.RetireDevice = new RetireDevice();
        return new AccountDraft(body, [TestKey.Of(device)]);
    }

    public AccountDraft Rotate(bool withRecovery, params DeviceId[] revoked)
    {
        var identity = Key("identity");
        var body = Body();
        body.RevokeAndRotate = new RevokeAndRotate
        {
            IdentityKey = identity.Public,
            SealingKey = TestSealingKey.Named($"{_name}/{State.Head.Seq + 1}").Public,
            Login = Login(withRecovery),
        };
        body.RevokeAndRotate.Revoked.Add(revoked.Order().Select(device => device.ToByteString()));
        return new AccountDraft(body, [Identity, identity, .. AuthKeys(body.RevokeAndRotate.Login.Ways)]);
    }

    public AccountDraft Rotate(params DeviceId[] revoked) => Rotate(false, revoked);

    /// <summary>A new password; the recovery way stays, goes or comes as asked.</summary>
    public AccountDraft ReplaceWraps(bool withRecovery = false)
    {
        var body = Body();
        var ways = Login(withRecovery).Ways;
        var kept = State.Login!.Ways.FirstOrDefault(way => way.Kind == WayKind.Recovery);
        body.ReplaceWraps = new ReplaceWraps();
        body.ReplaceWraps.Ways.Add(ways.Select(way => way.Kind == WayKind.Recovery && kept is not null ? kept : way));
        return new AccountDraft(
            body, [Identity, .. AuthKeys(body.ReplaceWraps.Ways.Where(way => !State.Login.Ways.Any(old => old.AuthKey == way.AuthKey)))]);
    }

    public AccountDraft SetPersonalGroup(string group, DeviceId? device = null)
    {
        var author = State.PersonalGroup is null ? device ?? _devices[0] : device;
        var body = Body(author);
        body.SetPersonalGroup = new SetPersonalGroup { Group = Filler.Hash("group/" + group) };
        return new AccountDraft(body, [author is { } id ? TestKey.Of(id) : Identity]);
    }

    /// <summary>Takes a legal draft into the chain.</summary>
    public TestPerson Accept(AccountDraft draft)
    {
        var entry = draft.Sign();
        State = AccountRules.Extend(State, entry).Value;
        _entries.Add(entry);
        _devices.AddRange(State.Devices.Keys.Except(_devices));
        return this;
    }

    /// <summary>The chain, and one more entry that need not be legal.</summary>
    public IReadOnlyList<SignedEntry> Then(SignedEntry entry) => [.. _entries, entry];

    public IReadOnlyList<SignedEntry> Then(AccountDraft draft) => Then(draft.Sign());

    public TestKey Key(string kind) => Key(_name, kind, (int)State.Head.Seq + 1);

    public SetLogin Login(bool withRecovery)
    {
        var at = $"{_name}/{State.Head.Seq + 1}";
        var login = new SetLogin { DailyHash = Filler.Hash(at + "/daily"), AuthorityHash = Filler.Hash(at + "/authority") };
        login.Ways.Add(NewWay(WayKind.Password));
        if (withRecovery)
        {
            login.Ways.Add(NewWay(WayKind.Recovery));
        }

        return login;
    }

    public Way NewWay(WayKind kind) => new()
    {
        Kind = kind,
        AuthKey = Key("auth-" + kind).Public,
        WrapHash = Filler.Hash($"{_name}/{State.Head.Seq + 1}/wrap-{kind}"),
    };

    public static IEnumerable<TestKey> AuthKeys(IEnumerable<Way> ways) => ways.Select(way => TestKey.Of(way.AuthKey));

    private static TestKey Key(string name, string kind, int seq) => TestKey.Named($"{name}/{kind}/{seq}");
}
