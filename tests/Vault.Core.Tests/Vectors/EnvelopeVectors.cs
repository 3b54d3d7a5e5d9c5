using Google.Protobuf;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>What both chains ask of every entry: canonical bytes, version, place, number of signatures (rules 101 to 109).</summary>
internal static class EnvelopeVectors
{
    public static void Write(VectorBook book)
    {
        Accounts(book);
        AccountVersions(book);
        Groups(book);
        GroupVersions(book);
    }

    private static void Accounts(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var draft = ann.AddDevice();
        var bytes = draft.Body.ToByteString();
        book.LegalAccount(102, "canonical", ann.Then(draft));
        Bytes("unknown-field-last", Wire.UnknownField(bytes));
        Bytes("version-last", Wire.VersionLast(bytes));
        Bytes("version-twice", Wire.VersionTwice(bytes));
        Bytes("overlong-varint", Wire.LongVersion(bytes));
        Bytes("explicit-empty-author-device", InsertBefore(bytes, ann.State.Head.Id.ToByteString(), 32, [0x2a, 0x00]));
        Bytes("two-operations", Wire.Append(bytes, 0x9a, 0x01, 0x00));
        Bytes("truncated", ByteString.CopyFrom(bytes.Span[..^1]));
        Bytes("field-number-0", Wire.Append(bytes, 0x02, 0x00));
        Bytes("reserved-wire-type", Wire.Append(bytes, 0x9f, 0x06));
        Bytes("unfinished-varint", Wire.Append(bytes, 0x98, 0x06, 0xff));
        book.Account(102, "unknown-field-in-device", ann.Then(ann.AddDevice().SignBytes(UnknownInDevice(ann))));
        book.Account(102, "genesis-with-unknown-field", [TestPerson.Genesis("ann").SignBytes(Wire.UnknownField(TestPerson.Genesis("ann").Body.ToByteString()))]);
        book.Account(102, "genesis-with-explicit-seq-0", [TestPerson.Genesis("ann").SignBytes(Wire.ExplicitDefault(TestPerson.Genesis("ann").Body.ToByteString(), 0x18))]);

        var other = TestPerson.Named("bea");
        book.LegalAccount(105, "own-chain", ann.Then(draft));
        book.Account(105, "another-account", ann.Then(ann.AddDevice().With(b => b.Account = other.Id.ToByteString())));
        book.Account(105, "no-account", ann.Then(ann.AddDevice().With(b => b.Account = ByteString.Empty)));
        book.Account(105, "account-31", ann.Then(ann.AddDevice().With(b => b.Account = ByteString.CopyFrom(b.Account.Span[..31]))));
        book.Account(105, "genesis-names-account", [TestPerson.Genesis("ann").With(b => b.Account = other.Id.ToByteString()).Sign()]);
        book.Account(105, "another-accounts-entry", ann.Then(other.AddDevice()));
        book.LegalAccount(106, "next", ann.Then(draft));
        book.Account(106, "hole", ann.Then(ann.AddDevice().With(b => b.Seq++)));
        book.Account(106, "same-again", ann.Then(ann.AddDevice().With(b => b.Seq--)));
        book.Account(106, "largest", ann.Then(ann.AddDevice().With(b => b.Seq = ulong.MaxValue)));
        book.Account(106, "replayed-entry", ann.Then(ann.Entries[1]));
        book.Account(106, "genesis-at-1", [TestPerson.Genesis("ann").With(b => b.Seq = 1).Sign()]);
        book.LegalAccount(107, "extends-head", ann.Then(draft));
        book.Account(107, "prev-is-grandparent", ann.Then(ann.AddDevice().With(b => b.Prev = ann.State.Id.ToByteString())));
        book.Account(107, "prev-missing", ann.Then(ann.AddDevice().With(b => b.Prev = ByteString.Empty)));
        book.Account(107, "prev-33", ann.Then(ann.AddDevice().With(b => b.Prev = Wire.Append(b.Prev, 0))));
        book.Account(107, "genesis-without-prev", [TestPerson.Genesis("ann").With(b => b.Prev = ByteString.Empty).Sign()]);
        book.Account(107, "genesis-with-prev", [TestPerson.Genesis("ann").With(b => b.Prev = Filler.Hash("prev")).Sign()]);
        var branch = TestPerson.Named("ann");
        branch.Accept(branch.AddDevice());
        var trunk = TestPerson.Named("ann");
        trunk.Accept(trunk.SetPersonalGroup("home"));
        book.Account(107, "entry-of-another-branch", trunk.Then(branch.Rotate()));

        book.Account(109, "no-signature", ann.Then(draft.SignedBy()));
        book.Account(109, "nine-signatures", ann.Then(ann.AddDevice().SignedBy([.. Enumerable.Repeat(ann.Identity, 9)])));

        void Bytes(string sin, ByteString sinful) => book.Account(102, sin, ann.Then(ann.AddDevice().SignBytes(sinful)));
    }

    private static ByteString UnknownInDevice(TestPerson person)
    {
        var body = person.AddDevice().Body;
        var device = body.AddDevice.Device.ToByteArray();
        byte[] sinful = [.. device, 0x98, 0x06, 0x01];
        byte[] add = [0x0a, (byte)sinful.Length, .. sinful];
        body.AddDevice = null;
        return Wire.Append(body.ToByteString(), [0x92, 0x01, (byte)add.Length, .. add]);
    }

    // Right behind the field that ends with these bytes.
    private static ByteString InsertBefore(ByteString bytes, ByteString after, int length, byte[] inserted)
    {
        var at = bytes.Span.IndexOf(after.Span) + length;
        return ByteString.CopyFrom([.. bytes.Span[..at], .. inserted, .. bytes.Span[at..]]);
    }

    private static void AccountVersions(VectorBook book)
    {
        var ann = TestPerson.Named("ann").Accept(TestPerson.Named("ann").AddDevice());
        var retired = ann.Copy().Accept(ann.Retire(ann.Devices[1]));
        book.LegalAccount(103, "version-1", ann.Entries);
        book.Account(103, "version-2-by-identity", ann.Then(Newer(ann.AddDevice())));
        book.Account(103, "version-2-with-unknown-operation", ann.Then(new AccountDraft(Version2(ann), [ann.Identity]).SignBytes(Wire.UnknownField(Version2(ann).ToByteString()))));
        book.Account(103, "version-2-by-device", ann.Then(Newer(ann.Retire(ann.Devices[1]))));
        book.Account(103, "largest-version-more-signatures", ann.Then(ann.AddDevice().With(b => b.Version = uint.MaxValue)));
        book.LegalAccount(104, "version-1", ann.Entries);
        book.Account(104, "version-0", ann.Then(ann.AddDevice().With(b => b.Version = 0)));
        book.Account(104, "empty-body", ann.Then(ann.AddDevice().SignBytes(ByteString.Empty)));
        book.Account(104, "version-2-by-stranger", ann.Then(Newer(ann.AddDevice()).SignedBy(TestKey.Named("stranger"))));
        book.Account(104, "version-2-identity-signs-second", ann.Then(Newer(ann.AddDevice()).SignedBy(TestKey.Named("stranger"), ann.Identity)));
        book.Account(104, "version-2-by-retired-device", retired.Then(Newer(retired.Retire(ann.Devices[1]))));
        book.Account(104, "version-2-by-unknown-device", ann.Then(Newer(ann.Retire(ann.Devices[1])).With(b => b.AuthorDevice = Filler.Hash("device"))));
        book.Account(104, "version-2-author-device-31", ann.Then(Newer(ann.Retire(ann.Devices[1])).With(b => b.AuthorDevice = ByteString.CopyFrom(b.AuthorDevice.Span[..31]))));
        book.Account(104, "version-2-wrong-chain", ann.Then(Newer(ann.AddDevice()).With(b => b.Account = Filler.Hash("account"))));
        book.Account(104, "version-2-wrong-seq", ann.Then(Newer(ann.AddDevice()).With(b => b.Seq++)));
        book.Account(104, "version-2-wrong-prev", ann.Then(Newer(ann.AddDevice()).With(b => b.Prev = ann.State.Id.ToByteString())));
        book.Account(104, "genesis-version-2", [Newer(TestPerson.Genesis("ann")).Sign()]);
        book.Account(104, "genesis-version-0", [TestPerson.Genesis("ann").With(b => b.Version = 0).Sign()]);
        byte[] inDevice = [0x92, 0x01, 0x04, 0x0a, 0x02, 0x9f, 0x06];
        foreach (var (sin, reserved) in new (string, byte[])[] { ("6", [0x9e, 0x06]), ("7", [0x9f, 0x06]), ("7-in-a-message", inDevice) })
        {
            book.Account(102, $"version-2-reserved-wire-type-{sin}", ann.Then(NewerWith(reserved)));
        }

        // The version is cut to 32 bits: 2^32 is 0, 2^32 + 1 is 1 but spelled otherwise, 2^32 + 2 is 2.
        book.Account(104, "version-2-to-the-32", ann.Then(ann.AddDevice().SignBytes(Wire.VersionAbove32Bits(ann.AddDevice().Body.ToByteString(), 0))));
        book.Account(102, "version-2-to-the-32-and-1", ann.Then(ann.AddDevice().SignBytes(Wire.VersionAbove32Bits(ann.AddDevice().Body.ToByteString(), 1))));
        book.Account(103, "version-2-to-the-32-and-2", ann.Then(ann.AddDevice().SignBytes(Wire.VersionAbove32Bits(ann.AddDevice().Body.ToByteString(), 2))));
        book.Account(103, "version-2-groups-99-deep", ann.Then(NewerWith(Wire.Groups(99))));
        book.Account(102, "version-2-groups-100-deep", ann.Then(NewerWith(Wire.Groups(100))));
        book.Account(102, "version-2-reserved-wire-type-in-a-group", ann.Then(NewerWith([0x9b, 0x06, 0x0f, 0x9c, 0x06])));
        book.Account(102, "version-0-reserved-wire-type", ann.Then(ann.AddDevice().SignBytes(
            Wire.Append(ann.AddDevice().With(b => b.Version = 0).Body.ToByteString(), 0x9f, 0x06))));
        book.Account(104, "version-of-another-wire-type", ann.Then(ann.AddDevice().SignBytes(
            ByteString.CopyFrom([0x0a, 0x01, .. ann.AddDevice().Body.ToByteString().Span[1..]]))));

        SignedEntry NewerWith(byte[] more) =>
            new AccountDraft(Version2(ann), [ann.Identity]).SignBytes(Wire.Append(Version2(ann).ToByteString(), more));
        static AccountDraft Newer(AccountDraft draft) => draft.With(b => b.Version = 2);
    }

    private static AccountBody Version2(TestPerson person)
    {
        var body = person.Body();
        body.Version = 2;
        return body;
    }

    private static void Groups(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        var body = group.Body(ann);
        body.Puts.Add(Parts.Put("one", 1));
        var bytes = body.ToByteString();
        book.LegalGroup(102, "canonical", group.Then(TestGroup.Sign(body)));
        Bytes("unknown-field-last", Wire.UnknownField(bytes));
        Bytes("version-last", Wire.VersionLast(bytes));
        Bytes("version-twice", Wire.VersionTwice(bytes));
        Bytes("overlong-varint", Wire.LongVersion(bytes));
        Bytes("truncated", ByteString.CopyFrom(bytes.Span[..^1]));
        Bytes("explicit-empty-replaces", ExplicitReplaces(group, ann));
        Bytes("leave-twice", Twice(group, ann, b => b.Leave = new LeaveGroup(), [0xa2, 0x01, 0x00]));
        Bytes("end-of-group-tag", Wire.Append(bytes, 0x9c, 0x06));
        Bytes("unclosed-group-tag", Wire.Append(bytes, 0x9b, 0x06));
        Bytes("nested-groups", Wire.Append(bytes, [.. Enumerable.Repeat<byte[]>([0x9b, 0x06], 200).SelectMany(b => b)]));
        Bytes("puts-before-epoch", PutsFirst(group, ann));
        Bytes("length-beyond-end", Wire.Append(bytes, 0xda, 0x01, 0xff, 0xff, 0xff, 0xff, 0x07));
        Bytes("negative-length", Wire.Append(bytes, 0xda, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01));
        book.Group(102, "unknown-field-in-carried-entry", [TestGroup.SignBytes(UnknownInCarriedEntry(ann), ann.Devices[0])]);
        book.Group(102, "genesis-with-unknown-field", [TestGroup.SignBytes(Wire.UnknownField(TestGroup.Genesis(ann).ToByteString()), ann.Devices[0])]);

        var other = TestGroup.Started(TestPerson.Named("bea"));
        book.LegalGroup(105, "own-chain", group.Then(TestGroup.Sign(body)));
        Put(105, "another-group", b => b.Group = other.State.Id.ToByteString());
        Put(105, "no-group", b => b.Group = ByteString.Empty);
        Put(105, "group-33", b => b.Group = Wire.Append(b.Group, 0));
        book.Group(105, "genesis-names-group", [Genesis(b => b.Group = other.State.Id.ToByteString())]);
        book.Group(105, "another-groups-commit", group.Then(other.Commit(TestPerson.Named("bea"), b => b.Puts.Add(Parts.Put("one", 1)))));
        book.LegalGroup(106, "next", group.Then(TestGroup.Sign(body)));
        Put(106, "hole", b => b.Seq++);
        Put(106, "same-again", b => b.Seq--);
        Put(106, "largest", b => b.Seq = ulong.MaxValue);
        book.Group(106, "replayed-commit", group.Then(group.Commits[1]));
        book.Group(106, "genesis-at-1", [Genesis(b => b.Seq = 1)]);
        book.Group(106, "truncated-middle", [.. group.Commits.Take(1), group.Copy().Accept(TestGroup.Sign(body)).Commits[2]]);
        book.LegalGroup(107, "extends-head", group.Then(TestGroup.Sign(body)));
        Put(107, "prev-is-grandparent", b => b.Prev = group.State.Id.ToByteString());
        Put(107, "prev-missing", b => b.Prev = ByteString.Empty);
        Put(107, "prev-31", b => b.Prev = ByteString.CopyFrom(b.Prev.Span[..31]));
        book.Group(107, "genesis-with-prev", [Genesis(b => b.Prev = Filler.Hash("prev"))]);
        book.Group(107, "genesis-without-prev", [Genesis(b => b.Prev = ByteString.Empty)]);
        var branch = group.Copy().Accept(ann, b => b.Puts.Add(Parts.Put("two", 1)));
        var fork = branch.Commit(ann, b => b.Puts.Add(Parts.Put("three", 1)));
        book.Group(107, "commit-of-another-branch", [.. group.Then(TestGroup.Sign(body)), fork]);

        book.LegalGroup(109, "one-signature", group.Then(TestGroup.Sign(body)));
        var key = TestKey.Of(ann.Devices[0]);
        book.Group(109, "no-signature", group.Then(TestGroup.SignBytes(bytes)));
        book.Group(109, "two-signatures", group.Then(TestGroup.SignBytes(bytes, key, key)));
        book.Group(109, "nine-signatures", group.Then(TestGroup.SignBytes(bytes, [.. Enumerable.Repeat(key, 9)])));
        book.Group(109, "genesis-two-signatures", [TestGroup.SignBytes(TestGroup.Genesis(ann).ToByteString(), key, key)]);

        void Bytes(string sin, ByteString sinful) => book.Group(102, sin, group.Then(TestGroup.SignBytes(sinful, ann.Devices[0])));
        void Put(int rule, string sin, Action<GroupBody> change) => book.Group(rule, sin, group.Then(ann, b =>
        {
            b.Puts.Add(Parts.Put("one", 1));
            change(b);
        }));
        SignedEntry Genesis(Action<GroupBody> change)
        {
            var genesis = TestGroup.Genesis(ann);
            change(genesis);
            return TestGroup.Sign(genesis);
        }
    }

    private static ByteString ExplicitReplaces(TestGroup group, TestPerson ann)
    {
        var body = group.Body(ann);
        var put = Parts.Put("one", 1);
        var opId = put.OpId;
        put.OpId = ByteString.Empty;
        byte[] sinful = [.. put.ToByteArray(), 0x2a, 0x00, 0x32, 0x10, .. opId];
        return Wire.Append(body.ToByteString(), [0xda, 0x01, (byte)sinful.Length, .. sinful]);
    }

    private static ByteString Twice(TestGroup group, TestPerson ann, Action<GroupBody> change, byte[] again)
    {
        var body = group.Body(ann);
        change(body);
        return Wire.Append(body.ToByteString(), again);
    }

    private static ByteString PutsFirst(TestGroup group, TestPerson ann)
    {
        var (body, puts, epoch) = (group.Body(ann), new GroupBody(), new GroupBody());
        puts.Puts.Add(Parts.Put("one", 2));
        epoch.Epoch = group.NextEpoch();
        return ByteString.CopyFrom([.. body.ToByteString().Span, .. puts.ToByteString().Span, .. epoch.ToByteString().Span]);
    }

    // A signed entry inside the body: the envelope is not opaque there.
    private static ByteString UnknownInCarriedEntry(TestPerson ann)
    {
        var body = TestGroup.Genesis(ann);
        var entries = body.Genesis.AccountEntries.Select(entry => entry.ToByteString()).ToArray();
        entries[^1] = Wire.UnknownField(entries[^1]);
        var genesis = new List<byte>(new GroupGenesis { Kind = body.Genesis.Kind }.ToByteArray());
        foreach (var entry in entries)
        {
            genesis.AddRange([0x12, .. Varint(entry.Length), .. entry.Span]);
        }

        genesis.AddRange(new GroupGenesis { Random = body.Genesis.Random }.ToByteArray());
        body.Genesis = null;
        return Wire.Append(body.ToByteString(), [0x82, 0x01, .. Varint(genesis.Count), .. genesis]);
    }

    private static byte[] Varint(int value) => value < 128 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];

    private static void GroupVersions(VectorBook book)
    {
        var ann = TestPerson.Named("ann").Accept(TestPerson.Named("ann").AddDevice());
        var bea = TestPerson.Named("bea");
        var group = TestGroup.With(ann, (bea, Role.Viewer));
        book.LegalGroup(103, "version-1", group);
        Newer(103, "version-2-by-owner", ann, _ => { });
        Newer(103, "version-2-by-second-device", ann, b => b.AuthorDevice = ann.Devices[1].ToByteString());
        Newer(103, "version-2-by-viewer", bea, _ => { });
        Newer(103, "largest-version", ann, b => b.Version = uint.MaxValue);
        book.Group(103, "version-2-with-unknown-field", group.Then(TestGroup.SignBytes(Wire.UnknownField(Body2(ann).ToByteString()), ann.Devices[0])));
        book.Group(102, "version-2-reserved-wire-type-6", group.Then(TestGroup.SignBytes(Wire.Append(Body2(ann).ToByteString(), 0x9e, 0x06), ann.Devices[0])));
        book.Group(102, "version-2-reserved-wire-type-7", group.Then(TestGroup.SignBytes(Wire.Append(Body2(ann).ToByteString(), 0x9f, 0x06), ann.Devices[0])));
        var closed = group.Copy().Accept(ann, b => b.Close = new CloseGroup());
        book.Group(103, "version-2-after-close", closed.Then(ann, b => b.Version = 2));
        book.LegalGroup(104, "version-1", group);
        book.Group(104, "version-0", group.Then(ann, b => b.Version = 0));
        book.Group(104, "empty-body", group.Then(TestGroup.SignBytes(ByteString.Empty, ann.Devices[0])));
        Newer(104, "version-2-by-stranger", TestPerson.Named("eve"), _ => { });
        Newer(104, "version-2-wrong-chain", ann, b => b.Group = Filler.Hash("group"));
        Newer(104, "version-2-wrong-seq", ann, b => b.Seq++);
        Newer(104, "version-2-wrong-prev", ann, b => b.Prev = group.State.Id.ToByteString());
        Newer(104, "version-2-author-31", ann, b => b.AuthorAccount = ByteString.CopyFrom(b.AuthorAccount.Span[..31]));
        Newer(104, "version-2-device-missing", ann, b => b.AuthorDevice = ByteString.Empty);
        Newer(104, "version-2-as-bea-by-ann", ann, b => b.AuthorAccount = bea.Id.ToByteString());
        book.Group(104, "version-2-signature-by-other-device", group.Then(TestGroup.SignBytes(Body2(ann).ToByteString(), ann.Devices[1])));
        book.Group(104, "version-2-two-signatures", group.Then(TestGroup.SignBytes(
            Body2(ann).ToByteString(), TestKey.Of(ann.Devices[0]), TestKey.Of(ann.Devices[0]))));
        var retired = ann.Copy().Accept(ann.Retire(ann.Devices[1]));
        var anchored = group.Copy().Accept(ann, b =>
        {
            b.ReAnchors.Add(group.ReAnchor(retired));
            b.AuthorHead = retired.State.Head.ToAccountHead();
        });
        book.Group(104, "version-2-by-retired-device", anchored.Then(ann, b =>
        {
            b.Version = 2;
            b.AuthorDevice = ann.Devices[1].ToByteString();
        }));
        var genesis = TestGroup.Genesis(ann);
        genesis.Version = 2;
        book.Group(104, "genesis-version-2", [TestGroup.Sign(genesis)]);

        GroupBody Body2(TestPerson author)
        {
            var body = group.Body(author);
            body.Version = 2;
            return body;
        }

        void Newer(int rule, string sin, TestPerson author, Action<GroupBody> change)
        {
            var body = Body2(author);
            body.Note = Parts.Boxed(1);
            change(body);
            var key = TestKey.Knows(body.AuthorDevice) ? TestKey.Of(Ids.DeviceId.Parse(body.AuthorDevice.Span)) : TestKey.Of(author.Devices[0]);
            book.Group(rule, sin, group.Then(TestGroup.SignBytes(body.ToByteString(), key)));
        }
    }
}
