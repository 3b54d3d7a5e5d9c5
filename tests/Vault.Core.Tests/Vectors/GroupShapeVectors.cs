using Google.Protobuf;
using Google.Protobuf.Collections;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>Fields of a commit that need no state: lengths, presence, values, order, counts (rules 101, 108, 111, 112, 301, 335).</summary>
internal static class GroupShapeVectors
{
    private static readonly ByteString s_short = Filler.Bytes("short", 31);
    private static readonly ByteString s_long = Filler.Bytes("long", 33);
    private static readonly ByteString s_smallBox = Filler.Bytes("small box", Limits.BlobBytesMin - 1);
    private static readonly ByteString s_largeBox = Filler.Bytes("large box", Limits.BoxedBytesMax + 1);

    public static void Write(VectorBook book)
    {
        Genesis(book);
        Header(book);
        People(book);
        Keys(book);
        Items(book);
        Order(book);
        Counts(book);
    }

    private static void Genesis(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        book.LegalGroup(301, "genesis", TestGroup.Founded(ann));
        book.LegalGroup(108, "personal-genesis", TestGroup.Founded(ann, GroupKind.Personal));
        Sin(108, "genesis-author-account-31", b => b.AuthorAccount = s_short);
        Sin(108, "genesis-author-head-missing", b => b.AuthorHead = null);
        Sin(108, "genesis-kind-unspecified", b => b.Genesis.Kind = GroupKind.Unspecified);
        Sin(108, "genesis-kind-unknown", b => b.Genesis.Kind = (GroupKind)3);
        Sin(108, "genesis-random-missing", b => b.Genesis.Random = ByteString.Empty);
        Sin(108, "genesis-random-33", b => b.Genesis.Random = s_long);
        Sin(108, "genesis-without-entries", b => b.Genesis.AccountEntries.Clear());
        Sin(108, "genesis-with-one-entry", b => b.Genesis.AccountEntries.RemoveAt(1));
        Sin(108, "genesis-with-513-entries", b => b.Genesis.AccountEntries.Add(Enumerable.Repeat(new SignedEntry(), 511)));
        Sin(301, "no-genesis", b => b.Genesis = null);
        Sin(301, "genesis-with-epoch", b => b.Epoch = Parts.Epoch(1, [ann.State]));
        Sin(301, "genesis-with-put", b => b.Puts.Add(Parts.Put("one", 1)));
        Sin(301, "genesis-with-info", b => b.Info = Parts.Info(1));
        Sin(301, "genesis-with-note", b => b.Note = Parts.Boxed(1));
        Sin(301, "genesis-with-leave", b => b.Leave = new LeaveGroup());
        Sin(301, "genesis-with-close", b => b.Close = new CloseGroup());
        Sin(301, "genesis-with-add", b => b.Adds.Add(Parts.Add(TestPerson.Named("bea"), Role.Viewer)));
        var group = TestGroup.Started(ann);
        book.Group(301, "second-genesis", group.Then(ann, b => b.Genesis = TestGroup.Genesis(ann).Genesis));
        book.Group(301, "genesis-beside-put", group.Then(ann, b =>
        {
            b.Genesis = TestGroup.Genesis(ann).Genesis;
            b.Puts.Add(Parts.Put("one", 1));
        }));

        void Sin(int rule, string sin, Action<GroupBody> change)
        {
            var genesis = TestGroup.Genesis(ann);
            change(genesis);
            book.Group(rule, sin, [TestGroup.Sign(genesis)]);
        }
    }

    private static void Header(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        var key = TestKey.Of(ann.Devices[0]);
        book.LegalGroup(108, "put", group.Then(ann, b => b.Puts.Add(Parts.Put("one", 1))));
        Sin("author-account-31", b => b.AuthorAccount = s_short);
        Sin("author-account-missing", b => b.AuthorAccount = ByteString.Empty);
        Sin("author-device-33", b => b.AuthorDevice = s_long);
        Sin("author-device-missing", b => b.AuthorDevice = ByteString.Empty);
        Sin("author-head-missing", b => b.AuthorHead = null);
        Sin("author-head-id-31", b => b.AuthorHead.Id = s_short);
        Sin("author-head-id-missing", b => b.AuthorHead.Id = ByteString.Empty);
        book.LegalGroup(111, "note-alone", group.Then(ann, b => b.Note = Parts.Boxed(1)));
        book.LegalGroup(111, "close-alone", group.Then(ann, b => b.Close = new CloseGroup()));
        book.Group(111, "no-change", group.Then(ann, _ => { }));

        void Sin(string sin, Action<GroupBody> change)
        {
            var body = group.Body(ann);
            body.Puts.Add(Parts.Put("one", 1));
            change(body);
            book.Group(108, sin, group.Then(TestGroup.SignBytes(body.ToByteString(), key)));
        }
    }

    private static void People(VectorBook book)
    {
        var (ann, bea, cem) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"));
        var group = TestGroup.With(ann, (bea, Role.Editor));
        group.Accept(ann, b => b.OpenInvites.Add(Parts.Open("first", Role.Viewer, 1)));
        var moved = bea.Copy().Accept(bea.AddDevice());

        Sin("re-anchor-account-31", b => b.ReAnchors.Add(Parts.ReAnchor(bea.Id, moved.Entries.Skip(2))), b => b.ReAnchors[0].Account = s_short);
        Sin("re-anchor-without-entries", b => b.ReAnchors.Add(group.ReAnchor(moved)), b => b.ReAnchors[0].Entries.Clear());
        Sin("re-anchor-512-entries", b => b.ReAnchors.Add(group.ReAnchor(moved)), b => b.ReAnchors[0].Entries.Add(Enumerable.Repeat(new SignedEntry(), 511)));
        book.LegalGroup(108, "re-anchor", group.Then(ann, b => b.ReAnchors.Add(group.ReAnchor(moved))));

        book.LegalGroup(108, "info", group.Then(ann, b => b.Info = Parts.Info(1)));
        book.LegalGroup(108, "largest-info", group.Then(ann, b => b.Info = new GroupInfo { Info = Parts.Boxed(1, "large", Limits.BoxedBytesMax) }));
        Sin("info-missing-inside", b => b.Info = Parts.Info(1), b => b.Info.Info = null);
        Sin("info-epoch-0", b => b.Info = Parts.Info(1), b => b.Info.Info.Epoch = 0);
        Sin("info-box-592", b => b.Info = Parts.Info(1), b => b.Info.Info.Box = s_smallBox);
        Sin("info-box-65618", b => b.Info = Parts.Info(1), b => b.Info.Info.Box = s_largeBox);

        book.LegalGroup(108, "remove", group.Then(ann, Removes));
        Sin("remove-account-33", Removes, b => b.Removes[0].Account = s_long);
        book.LegalGroup(108, "role", group.Then(ann, b => b.Roles.Add(Parts.Role(bea, Role.Viewer))));
        Sin("role-account-missing", b => b.Roles.Add(Parts.Role(bea, Role.Viewer)), b => b.Roles[0].Account = ByteString.Empty);
        Sin("role-unspecified", b => b.Roles.Add(Parts.Role(bea, Role.Viewer)), b => b.Roles[0].Role = Role.Unspecified);
        Sin("role-5", b => b.Roles.Add(Parts.Role(bea, Role.Viewer)), b => b.Roles[0].Role = (Role)5);
        Sin("role-negative", b => b.Roles.Add(Parts.Role(bea, Role.Viewer)), b => b.Roles[0].Role = (Role)(-1));

        book.LegalGroup(108, "close-invite", group.Then(ann, b => b.CloseInvites.Add(Parts.Close("first"))));
        Sin("close-invite-31", b => b.CloseInvites.Add(Parts.Close("first")), b => b.CloseInvites[0].Invite = s_short);
        book.LegalGroup(108, "open-invite", group.Then(ann, Opens));
        Sin("open-invite-key-33", Opens, b => b.OpenInvites[0].InviteKey = s_long);
        Sin("open-invite-role-unspecified", Opens, b => b.OpenInvites[0].Role = Role.Unspecified);
        Sin("open-invite-terms-missing", Opens, b => b.OpenInvites[0].Terms = null);
        Sin("open-invite-terms-epoch-0", Opens, b => b.OpenInvites[0].Terms.Epoch = 0);
        Sin("open-invite-terms-box-592", Opens, b => b.OpenInvites[0].Terms.Box = s_smallBox);
        Sin("open-invite-terms-box-65618", Opens, b => b.OpenInvites[0].Terms.Box = s_largeBox);

        book.LegalGroup(108, "add", group.Then(ann, Adds));
        Sin("add-account-31", Adds, b => b.Adds[0].Account = s_short);
        Sin("add-role-unspecified", Adds, b => b.Adds[0].Role = Role.Unspecified);
        Sin("add-role-5", Adds, b => b.Adds[0].Role = (Role)5);
        Sin("add-one-entry", Adds, b => b.Adds[0].AccountEntries.RemoveAt(1));
        Sin("add-513-entries", Adds, b => b.Adds[0].AccountEntries.Add(Enumerable.Repeat(new SignedEntry(), 511)));
        Sin("add-seal-account-31", Adds, b => b.Adds[0].Seal.Account = s_short);
        Sin("add-seal-key-id-missing", Adds, b => b.Adds[0].Seal.KeyId = ByteString.Empty);
        Sin("add-seal-1167", Adds, b => b.Adds[0].Seal.Sealed = ByteString.CopyFrom(b.Adds[0].Seal.Sealed.Span[..^1]));
        Sin("add-proof-empty-body", Proves, b => b.Adds[0].Proof.Body = ByteString.Empty);
        Sin("add-proof-1025", Proves, b => b.Adds[0].Proof.Body = Filler.Bytes("proof", 1025));
        Sin("add-proof-invite-signature-63", Proves, b => b.Adds[0].Proof.InviteSignature = Filler.Bytes("signature", 63));
        Sin("add-proof-device-signature-missing", Proves, b => b.Adds[0].Proof.DeviceSignature = ByteString.Empty);
        book.LegalGroup(108, "add-with-proof", group.Then(ann, Proves));

        void Removes(GroupBody body)
        {
            body.Removes.Add(Parts.Remove(bea));
            body.Epoch = group.NextEpoch(ann);
        }

        void Opens(GroupBody body) => body.OpenInvites.Add(Parts.Open("second", Role.Viewer, 1));
        void Adds(GroupBody body) => body.Adds.Add(Parts.Add(cem, Role.Viewer));
        void Proves(GroupBody body)
        {
            Adds(body);
            body.Adds[0].Proof = Parts.Proof(Parts.Join(group.State, Parts.Invite("first"), cem), Parts.InviteKey("first"), TestKey.Of(cem.Devices[0]));
        }

        void Sin(string sin, Action<GroupBody> change, Action<GroupBody> spoil) => book.Group(108, sin, group.Then(ann, b =>
        {
            change(b);
            spoil(b);
        }));
    }

    private static void Keys(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        book.LegalGroup(108, "epoch", group.Then(ann, b => b.Epoch = group.NextEpoch()));
        Sin("epoch-number-0", e => e.Number = 0);
        Sin("epoch-commitment-31", e => e.Commitment = s_short);
        Sin("epoch-seal-account-33", e => e.Seals[0].Account = s_long);
        Sin("epoch-seal-key-id-31", e => e.Seals[0].KeyId = s_short);
        Sin("epoch-seal-1169", e => e.Seals[0].Sealed = Wire.Append(e.Seals[0].Sealed, 0));
        Sin("epoch-seal-empty", e => e.Seals[0].Sealed = ByteString.Empty);
        Sin("epoch-wrap-epoch-0", e => e.Wraps[0].Epoch = 0);
        Sin("epoch-wrap-112", e => e.Wraps[0].Box = ByteString.CopyFrom(e.Wraps[0].Box.Span[..^1]));
        Sin("epoch-wrap-empty", e => e.Wraps[0].Box = ByteString.Empty);
        book.LegalGroup(108, "note", group.Then(ann, b => b.Note = Parts.Boxed(1)));
        book.Group(108, "note-epoch-0", group.Then(ann, b => b.Note = Parts.Boxed(0)));
        book.Group(108, "note-box-592", group.Then(ann, b => b.Note = new Boxed { Epoch = 1, Box = s_smallBox }));
        book.Group(108, "note-box-65618", group.Then(ann, b => b.Note = new Boxed { Epoch = 1, Box = s_largeBox }));
        book.Group(108, "note-empty", group.Then(ann, b => b.Note = new Boxed()));

        void Sin(string sin, Action<Epoch> change) => book.Group(108, sin, group.Then(ann, b =>
        {
            b.Epoch = group.NextEpoch();
            change(b.Epoch);
        }));
    }

    private static void Items(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann).Accept(ann, b => b.Puts.Add(Parts.Put("one", 1)));
        book.LegalGroup(108, "delete", group.Then(ann, b => b.Deletes.Add(Parts.Delete("one"))));
        Delete("delete-item-15", d => d.Item = Filler.Bytes("15", 15));
        Delete("delete-item-17", d => d.Item = Filler.Bytes("17", 17));
        Delete("delete-replaces-missing", d => d.Replaces = ByteString.Empty);
        Delete("delete-op-id-17", d => d.OpId = Filler.Bytes("17", 17));
        book.LegalGroup(108, "smallest-and-largest-put", group.Then(ann, b =>
        {
            b.Puts.Add(Ordered(Parts.Put("two", 1), Parts.Put("three", 1)));
            b.Puts[1].BlobSize = Limits.BlobBytesMax;
        }));
        Put("put-item-15", p => p.Item = Filler.Bytes("15", 15));
        Put("put-item-missing", p => p.Item = ByteString.Empty);
        Put("put-epoch-0", p => p.Epoch = 0);
        Put("put-blob-hash-33", p => p.BlobHash = s_long);
        Put("put-blob-hash-missing", p => p.BlobHash = ByteString.Empty);
        Put("put-blob-size-592", p => p.BlobSize = Limits.BlobBytesMin - 1);
        Put("put-blob-size-1048658", p => p.BlobSize = Limits.BlobBytesMax + 1);
        Put("put-replaces-31", p => p.Replaces = s_short);
        Put("put-op-id-15", p => p.OpId = Filler.Bytes("15", 15));
        Put("put-op-id-missing", p => p.OpId = ByteString.Empty);
        book.LegalGroup(108, "64-attachments", group.Then(ann, b => b.Puts.Add(WithChunks(64))));
        book.Group(108, "65-attachments", group.Then(ann, b => b.Puts.Add(WithChunks(65))));
        Chunk("attachment-hash-31", c => c.Hash = s_short);
        Chunk("attachment-size-592", c => c.Size = Limits.BlobBytesMin - 1);
        Chunk("attachment-size-1048658", c => c.Size = Limits.BlobBytesMax + 1);

        void Delete(string sin, Action<DeleteItem> change) => book.Group(108, sin, group.Then(ann, b =>
        {
            b.Deletes.Add(Parts.Delete("one"));
            change(b.Deletes[0]);
        }));
        void Put(string sin, Action<PutItem> change) => book.Group(108, sin, group.Then(ann, b =>
        {
            b.Puts.Add(Parts.Put("two", 1));
            change(b.Puts[0]);
        }));
        void Chunk(string sin, Action<AttachmentChunk> change) => book.Group(108, sin, group.Then(ann, b =>
        {
            b.Puts.Add(WithChunks(2));
            change(b.Puts[0].Attachments[1]);
        }));
    }

    private static PutItem WithChunks(int count)
    {
        var put = Parts.Put("two", 1);
        put.Attachments.Add(Enumerable.Range(0, count)
            .Select(i => new AttachmentChunk { Hash = Filler.Hash($"chunk/{i}"), Size = Limits.BlobBytesMin })
            .OrderBy(chunk => Convert.ToHexString(chunk.Hash.Span), StringComparer.Ordinal));
        return put;
    }

    private static void Order(VectorBook book)
    {
        var (ann, bea, cem) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"));
        var group = TestGroup.With(ann, (bea, Role.Editor), (cem, Role.Editor));
        group.Accept(ann, b =>
        {
            b.OpenInvites.Add(ByKey(Parts.Open("first", Role.Viewer, 1), Parts.Open("second", Role.Viewer, 1)));
            b.Puts.Add(Ordered(Parts.Put("one", 1), Parts.Put("two", 1)));
        });
        var (moreBea, moreCem) = (bea.Copy().Accept(bea.AddDevice()), cem.Copy().Accept(cem.AddDevice()));
        var (dan, eve) = (TestPerson.Named("dan"), TestPerson.Named("eve"));

        Both("re-anchors", b => b.ReAnchors.Add(ById(group.ReAnchor(moreBea), group.ReAnchor(moreCem), r => r.Account)), b => b.ReAnchors);
        Both("removes", b =>
        {
            b.Removes.Add(ById(Parts.Remove(bea), Parts.Remove(cem), r => r.Account));
            b.Epoch = group.NextEpoch(ann);
        }, b => b.Removes);
        Both("roles", b => b.Roles.Add(ById(Parts.Role(bea, Role.Viewer), Parts.Role(cem, Role.Viewer), r => r.Account)), b => b.Roles);
        Both("close-invites", b => b.CloseInvites.Add(ById(Parts.Close("first"), Parts.Close("second"), c => c.Invite)), b => b.CloseInvites);
        Both("open-invites", b => b.OpenInvites.Add(ByKey(Parts.Open("third", Role.Viewer, 1), Parts.Open("fourth", Role.Viewer, 1))), b => b.OpenInvites);
        Both("adds", b => b.Adds.Add(ById(Parts.Add(dan, Role.Viewer), Parts.Add(eve, Role.Viewer), a => a.Account)), b => b.Adds);
        Both("epoch-seals", b => b.Epoch = group.NextEpoch(), b => b.Epoch.Seals);
        Both("deletes", b => b.Deletes.Add(ById(Parts.Delete("one"), Parts.Delete("two"), d => d.Item)), b => b.Deletes);
        Both("puts", b => b.Puts.Add(Ordered(Parts.Put("three", 1), Parts.Put("four", 1))), b => b.Puts);
        Both("attachments", b => b.Puts.Add(WithChunks(2, "five")), b => b.Puts[0].Attachments);
        var second = group.Copy().Accept(ann, b => b.Epoch = group.NextEpoch());
        Wraps("epoch-wraps", second);
        book.Group(112, "epoch-seals-descending-before-a-wrap-too-short", second.Then(ann, b =>
        {
            b.Epoch = second.NextEpoch();
            Reverse(b.Epoch.Seals);
            b.Epoch.Wraps[0].Box = ByteString.CopyFrom(b.Epoch.Wraps[0].Box.Span[1..]);
        }));

        void Both<T>(string what, Action<GroupBody> change, Func<GroupBody, RepeatedField<T>> list)
        {
            book.LegalGroup(112, what, group.Then(ann, change));
            book.Group(112, what + "-descending", group.Then(ann, b =>
            {
                change(b);
                Reverse(list(b));
            }));
            book.Group(112, what + "-twice", group.Then(ann, b =>
            {
                change(b);
                list(b).Insert(1, list(b)[0]);
            }));
        }

        void Wraps(string what, TestGroup at)
        {
            book.LegalGroup(112, what, at.Then(ann, Two));
            book.Group(112, what + "-descending", at.Then(ann, b =>
            {
                Two(b);
                Reverse(b.Epoch.Wraps);
            }));
            book.Group(112, what + "-twice", at.Then(ann, b =>
            {
                Two(b);
                b.Epoch.Wraps.Insert(1, b.Epoch.Wraps[0]);
            }));

            void Two(GroupBody body) => body.Epoch = Parts.Epoch(3, [ann.State, bea.State, cem.State], 1, 2);
        }
    }

    private static PutItem WithChunks(int count, string item)
    {
        var put = WithChunks(count);
        put.Item = Parts.Item(item);
        return put;
    }

    private static void Counts(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        book.LegalGroup(335, "256-puts", group.Then(ann, b => b.Puts.Add(Many(256))));
        book.Group(335, "257-puts", group.Then(ann, b => b.Puts.Add(Many(257))));
        var full = group.Copy().Accept(ann, b => b.Puts.Add(Many(256)));
        book.Group(335, "256-deletes-and-a-put", full.Then(ann, b =>
        {
            b.Deletes.Add(b.Deletes.Concat(full.State.Items.Values.Select(item => new DeleteItem
            {
                Item = item.Id.ToByteString(),
                Replaces = item.BlobHash.ToByteString(),
                OpId = Filler.Bytes("op", 16),
            })));
            b.Puts.Add(Parts.Put("one more", 1));
        }));
        book.Group(335, "257-empty-removes", group.Then(ann, b => b.Removes.Add(Enumerable.Repeat(new RemoveMember(), 257))));

        book.LegalGroup(101, "no-add", group);
        book.Group(101, "65-adds", group.Then(ann, b => b.Adds.Add(Enumerable.Repeat(new AddMember(), 65))));
        book.Group(101, "65-wraps", group.Then(ann, b => b.Epoch = Parts.Epoch(2, [ann.State], [.. Enumerable.Range(1, 65).Select(i => (ulong)i)])));

        static IEnumerable<PutItem> Many(int count) => Ordered([.. Enumerable.Range(0, count).Select(i => Parts.Put($"many/{i}", 1))]);
    }

    public static PutItem[] Ordered(params PutItem[] puts) => [.. puts.OrderBy(put => Convert.ToHexString(put.Item.Span), StringComparer.Ordinal)];

    private static OpenInvite[] ByKey(params OpenInvite[] opens) => [.. opens.OrderBy(o => Convert.ToHexString(o.InviteKey.Span), StringComparer.Ordinal)];

    private static T[] ById<T>(T a, T b, Func<T, ByteString> id) => [.. new[] { a, b }.OrderBy(x => Convert.ToHexString(id(x).Span), StringComparer.Ordinal)];

    private static void Reverse<T>(RepeatedField<T> list)
    {
        var reversed = list.Reverse().ToArray();
        list.Clear();
        list.Add(reversed);
    }
}
