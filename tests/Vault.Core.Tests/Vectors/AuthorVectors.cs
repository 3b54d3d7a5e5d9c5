using Google.Protobuf;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>Who signs a commit, at which anchor, and what stands alone (rules 110, 302 to 309).</summary>
internal static class AuthorVectors
{
    public static void Write(VectorBook book)
    {
        Genesis(book);
        Authors(book);
        Signatures(book);
        Alone(book);
        Roles(book);
    }

    private static void Genesis(VectorBook book)
    {
        var ann = TestPerson.Named("ann").Accept(TestPerson.Named("ann").AddDevice());
        var bea = TestPerson.Named("bea");
        book.LegalGroup(302, "genesis", TestGroup.Founded(ann));
        book.LegalGroup(304, "founder", TestGroup.Founded(ann));
        book.LegalGroup(305, "founders-head", TestGroup.Founded(ann));
        Sin(302, "genesis-entry-bit-flipped", b => b.Genesis.AccountEntries[1].Body = Wire.Flip(b.Genesis.AccountEntries[1].Body, 360), 107);
        Sin(302, "genesis-entry-signature-by-stranger", b => b.Genesis.AccountEntries[2] = Strange(), 110);
        Sin(302, "genesis-entry-left-out", b => b.Genesis.AccountEntries.RemoveAt(1), 106);
        Sin(302, "genesis-entries-without-entry-0", b => b.Genesis.AccountEntries.RemoveAt(0), 105);
        Sin(302, "genesis-entry-of-another-account", b => b.Genesis.AccountEntries[1] = bea.Entries[1], 105);
        Sin(302, "genesis-entry-of-newer-format", b => b.Genesis.AccountEntries.Add(ann.AddDevice().With(a => a.Version = 2).Sign()), 103);
        Sin(302, "genesis-entry-empty", b => b.Genesis.AccountEntries.Add(new SignedEntry()), 109);
        Sin(304, "genesis-carries-another-account", b =>
        {
            b.Genesis.AccountEntries.Clear();
            b.Genesis.AccountEntries.Add(bea.Entries);
        });
        Sin(305, "genesis-head-is-older", b => b.AuthorHead.Seq = 1);
        Sin(305, "genesis-head-has-another-id", b => b.AuthorHead.Id = ann.State.Id.ToByteString());
        Sin(305, "genesis-carries-less-than-head", b => b.Genesis.AccountEntries.RemoveAt(2));
        Sin(306, "genesis-by-unknown-device", b => b.AuthorDevice = bea.Devices[0].ToByteString());
        var retired = ann.Copy().Accept(ann.Retire(ann.Devices[1]));
        var revoked = ann.Copy().Accept(ann.Rotate(ann.Devices[1]));
        book.Group(306, "genesis-by-retired-device", [By(retired, 1)]);
        book.Group(306, "genesis-by-revoked-device", [By(revoked, 1)]);
        book.LegalGroup(306, "genesis-by-second-device", [By(ann, 1)]);
        book.Group(110, "genesis-by-other-device", [TestGroup.SignBytes(TestGroup.Genesis(ann).ToByteString(), ann.Devices[1])]);

        void Sin(int rule, string sin, Action<GroupBody> change, int? inner = null)
        {
            var genesis = TestGroup.Genesis(ann);
            change(genesis);
            book.Group(rule, sin, [TestGroup.Sign(genesis)], inner);
        }

        static SignedEntry By(TestPerson person, int device)
        {
            var genesis = TestGroup.Genesis(person);
            genesis.AuthorDevice = person.Devices[device].ToByteString();
            return TestGroup.Sign(genesis);
        }

        static SignedEntry Strange()
        {
            var draft = TestPerson.Named("ann").AddDevice();
            draft.Signers[0] = TestKey.Named("stranger");
            return draft.Sign();
        }
    }

    private static void Authors(VectorBook book)
    {
        var (ann, bea, cem, eve) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"), TestPerson.Named("eve"));
        bea.Accept(bea.AddDevice());
        var group = TestGroup.With(ann, (bea, Role.Editor), (cem, Role.Editor));
        book.LegalGroup(303, "open-group", group.Then(ann, Put));
        var closed = group.Copy().Accept(ann, b => b.Close = new CloseGroup());
        book.Group(303, "put-after-close", closed.Then(ann, Put));
        book.Group(303, "leave-after-close", closed.Then(bea, b => b.Leave = new LeaveGroup()));
        book.Group(303, "re-anchor-after-close", closed.Then(ann, b => b.ReAnchors.Add(closed.ReAnchor(bea.Copy().Accept(bea.AddDevice())))));
        book.Group(303, "close-after-close", closed.Then(ann, b => b.Close = new CloseGroup()));
        book.Group(303, "malformed-after-close", closed.Then(ann, _ => { }));

        book.LegalGroup(304, "member", group.Then(bea, Put));
        book.Group(304, "stranger", group.Then(eve, Put));
        var removed = group.Copy().Accept(ann, b =>
        {
            b.Removes.Add(Parts.Remove(bea));
            b.Epoch = group.NextEpoch(ann, cem);
        });
        book.Group(304, "removed-member-puts", removed.Then(bea, b => b.Puts.Add(Parts.Put("one", 2))));
        book.Group(304, "removed-member-re-anchors-self", removed.Then(bea, b => b.ReAnchors.Add(Parts.ReAnchor(bea.State, bea.Copy().Accept(bea.AddDevice())))));
        var left = group.Copy().Accept(bea, b => b.Leave = new LeaveGroup());
        book.Group(304, "left-member-rotates", left.Then(bea, b => b.Epoch = group.NextEpoch()));
        book.Group(107, "removed-member-back-dates", [.. removed.Commits, group.Commit(bea, b =>
        {
            Put(b);
            b.Seq = removed.State.Head.Seq + 1;
        })]);

        book.LegalGroup(305, "anchor", group.Then(bea, Put));
        var newer = bea.Copy().Accept(bea.AddDevice());
        book.Group(305, "head-ahead-of-anchor", group.Then(bea, b =>
        {
            Put(b);
            b.AuthorHead = newer.State.Head.ToAccountHead();
        }));
        book.Group(305, "head-behind-anchor", group.Then(bea, b =>
        {
            Put(b);
            b.AuthorHead = new AccountHead { Seq = 0, Id = bea.State.Id.ToByteString() };
        }));
        book.Group(305, "head-seq-of-anchor-other-id", group.Then(bea, b =>
        {
            Put(b);
            b.AuthorHead.Id = bea.State.Id.ToByteString();
        }));
        book.LegalGroup(305, "own-re-anchor", group.Then(bea, b => Own(b, group, newer)));
        book.Group(305, "head-before-own-re-anchor", group.Then(bea, b =>
        {
            Put(b);
            b.ReAnchors.Add(group.ReAnchor(newer));
        }));
        var cemNewer = cem.Copy().Accept(cem.AddDevice());
        book.Group(305, "head-of-another-members-re-anchor", group.Then(bea, b =>
        {
            Put(b);
            b.ReAnchors.Add(group.ReAnchor(cemNewer));
            b.AuthorHead = cemNewer.State.Head.ToAccountHead();
        }));

        book.LegalGroup(306, "second-device", group.Then(group.Commit(bea, Put, bea.Devices[1])));
        book.LegalGroup(306, "device-of-own-re-anchor", group.Then(group.Commit(bea, b => Own(b, group, newer), newer.Devices[2])));
        book.Group(306, "device-not-yet-anchored", group.Then(group.Commit(bea, Put, newer.Devices[2])));
        book.Group(306, "device-of-another-member", group.Then(group.Commit(bea, Put, ann.Devices[0])));
        var retired = bea.Copy().Accept(bea.Retire(bea.Devices[1]));
        var revoked = bea.Copy().Accept(bea.Rotate(bea.Devices[1]));
        foreach (var (what, fallen) in new[] { ("retired", retired), ("revoked", revoked) })
        {
            var anchored = group.Copy().Accept(ann, b => b.ReAnchors.Add(group.ReAnchor(fallen)));
            book.Group(306, what + "-device", anchored.Then(anchored.Commit(fallen, Put, bea.Devices[1])));
            book.Group(306, what + "-in-own-re-anchor", group.Then(group.Commit(bea, b => Own(b, group, fallen), bea.Devices[1])));
            book.LegalGroup(306, what + "-but-not-anchored-yet", group.Then(group.Commit(bea, Put, bea.Devices[1])));
        }

        static void Put(GroupBody body) => body.Puts.Add(Parts.Put("one", 1));
        static void Own(GroupBody body, TestGroup group, TestPerson newer)
        {
            body.ReAnchors.Add(group.ReAnchor(newer));
            body.AuthorHead = newer.State.Head.ToAccountHead();
        }
    }

    private static void Signatures(VectorBook book)
    {
        var ann = TestPerson.Named("ann").Accept(TestPerson.Named("ann").AddDevice());
        var bea = TestPerson.Named("bea");
        var group = TestGroup.With(ann, (bea, Role.Editor));
        var body = group.Body(ann);
        body.Puts.Add(Parts.Put("one", 1));
        var bytes = body.ToByteString();
        var signed = TestGroup.Sign(body);
        book.LegalGroup(110, "by-author", group.Then(signed));
        By("by-second-device", TestKey.Of(ann.Devices[1]));
        By("by-another-member", TestKey.Of(bea.Devices[0]));
        By("by-identity-key", ann.Identity);
        By("by-sync-key", TestKey.Of(ann.State.Devices[ann.Devices[0]].SyncKey));
        Bytes("empty", ByteString.Empty);
        Bytes("zeros", ByteString.CopyFrom(new byte[64]));
        Bytes("63-bytes", ByteString.CopyFrom(signed.Signatures[0].Span[..63]));
        Bytes("65-bytes", Wire.Append(signed.Signatures[0], 0));
        Bytes("bit-flipped-in-r", Wire.Flip(signed.Signatures[0], 3));
        Bytes("bit-flipped-in-s", Wire.Flip(signed.Signatures[0], 300));
        Bytes("s-plus-group-order", Malleable(signed.Signatures[0]));
        Bytes("of-another-body", group.Commit(ann, b => b.Puts.Add(Parts.Put("two", 1))).Signatures[0]);
        Bytes("signed-as-account-entry", TestKey.Of(ann.Devices[0]).Sign(Purpose.SignAccountEntry, bytes));
        Bytes("signed-as-attestation", TestKey.Of(ann.Devices[0]).Sign(Purpose.SignAttestation, bytes));
        Bytes("signed-as-request", TestKey.Of(ann.Devices[0]).Sign(Purpose.SignRequest, bytes));
        var stripped = body.Clone();
        stripped.AuthorAccount = bea.Id.ToByteString();
        stripped.AuthorDevice = bea.Devices[0].ToByteString();
        stripped.AuthorHead = bea.State.Head.ToAccountHead();
        book.Group(110, "signature-of-ann-on-beas-body", group.Then(Entry(stripped.ToByteString(), signed.Signatures[0])));
        SmallOrder(book, ann);

        void By(string sin, TestKey key) => book.Group(110, sin, group.Then(TestGroup.SignBytes(bytes, key)));
        void Bytes(string sin, ByteString signature) => book.Group(110, "signature-" + sin, group.Then(Entry(bytes, signature)));
    }

    // A key of small order signs everything for everybody who checks loosely: R = A = identity point, S = 0.
    private static void SmallOrder(VectorBook book, TestPerson ann)
    {
        var identityPoint = new byte[32];
        identityPoint[0] = 1;
        var point = ByteString.CopyFrom(identityPoint);
        var draft = ann.AddDevice();
        draft.Body.AddDevice.Device.SigningKey = point;
        var entry = draft.Sign();
        entry.Signatures[1] = ByteString.CopyFrom([.. identityPoint, .. new byte[32]]);
        book.Account(110, "small-order-key-signs-anything", ann.Then(entry));
    }

    private static SignedEntry Entry(ByteString body, ByteString signature)
    {
        var entry = new SignedEntry { Body = body };
        entry.Signatures.Add(signature);
        return entry;
    }

    // S + L verifies wherever S is not asked to be below the group order.
    private static ByteString Malleable(ByteString signature)
    {
        byte[] order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        var bytes = signature.ToByteArray();
        var carry = 0;
        for (var i = 0; i < 32; i++)
        {
            var sum = bytes[32 + i] + order[i] + carry;
            bytes[32 + i] = (byte)sum;
            carry = sum >> 8;
        }

        return ByteString.CopyFrom(bytes);
    }

    private static void Alone(VectorBook book)
    {
        var (ann, bea) = (TestPerson.Named("ann"), TestPerson.Named("bea"));
        var group = TestGroup.With(ann, (bea, Role.Admin)).Accept(ann, b => b.Puts.Add(Parts.Put("one", 1)));
        var (moreBea, moreAnn) = (bea.Copy().Accept(bea.AddDevice()), ann.Copy().Accept(ann.AddDevice()));
        book.LegalGroup(307, "leave-alone", group.Then(bea, b => b.Leave = new LeaveGroup()));
        book.LegalGroup(307, "leave-with-own-re-anchor", group.Then(bea, b =>
        {
            b.Leave = new LeaveGroup();
            b.ReAnchors.Add(group.ReAnchor(moreBea));
            b.AuthorHead = moreBea.State.Head.ToAccountHead();
        }));
        Leave("epoch", b => b.Epoch = group.NextEpoch(ann));
        Leave("put", b => b.Puts.Add(Parts.Put("two", 1)));
        Leave("delete", b => b.Deletes.Add(Parts.Delete("one")));
        Leave("info", b => b.Info = Parts.Info(1));
        Leave("note", b => b.Note = Parts.Boxed(1));
        Leave("close", b => b.Close = new CloseGroup());
        Leave("role", b => b.Roles.Add(Parts.Role(ann, Role.Admin)));
        Leave("add", b => b.Adds.Add(Parts.Add(TestPerson.Named("cem"), Role.Viewer)));
        Leave("re-anchor-of-another", b => b.ReAnchors.Add(group.ReAnchor(moreAnn)));
        book.LegalGroup(307, "close-alone", group.Then(ann, b => b.Close = new CloseGroup()));
        Close("put", b => b.Puts.Add(Parts.Put("two", 1)));
        Close("note", b => b.Note = Parts.Boxed(1));
        Close("epoch", b => b.Epoch = group.NextEpoch());
        Close("info", b => b.Info = Parts.Info(1));
        Close("own-re-anchor", b =>
        {
            b.ReAnchors.Add(group.ReAnchor(moreAnn));
            b.AuthorHead = moreAnn.State.Head.ToAccountHead();
        });

        var founded = TestGroup.Founded(ann);
        book.LegalGroup(308, "epoch-1", TestGroup.Started(ann));
        book.LegalGroup(308, "epoch-1-with-put-info-note", founded.Then(ann, b =>
        {
            b.Info = Parts.Info(1);
            b.Epoch = founded.NextEpoch();
            b.Puts.Add(Parts.Put("one", 1));
            b.Note = Parts.Boxed(1);
        }));
        First("without-epoch", b => b.Puts.Add(Parts.Put("one", 1)));
        First("epoch-2", b => b.Epoch = Parts.Epoch(2, [ann.State]));
        First("with-add", b =>
        {
            b.Adds.Add(Parts.Add(bea, Role.Viewer, sealedHere: false));
            b.Epoch = Parts.Epoch(1, [ann.State, bea.State]);
        });
        First("with-invite", b =>
        {
            b.OpenInvites.Add(Parts.Open("first", Role.Viewer, 1));
            b.Epoch = Parts.Epoch(1, [ann.State]);
        });
        First("close", b => b.Close = new CloseGroup());
        First("leave", b => b.Leave = new LeaveGroup());

        void Leave(string sin, Action<GroupBody> change) => book.Group(307, "leave-with-" + sin, group.Then(bea, b =>
        {
            b.Leave = new LeaveGroup();
            change(b);
        }));
        void Close(string sin, Action<GroupBody> change) => book.Group(307, "close-with-" + sin, group.Then(ann, b =>
        {
            b.Close = new CloseGroup();
            change(b);
        }));
        void First(string sin, Action<GroupBody> change) => book.Group(308, "commit-1-" + sin, founded.Then(ann, change));
    }

    private static void Roles(VectorBook book)
    {
        var people = new Dictionary<Role, TestPerson>
        {
            [Role.Viewer] = TestPerson.Named("vic"),
            [Role.Editor] = TestPerson.Named("edd"),
            [Role.Admin] = TestPerson.Named("ada"),
            [Role.Owner] = TestPerson.Named("ann"),
        };
        var target = TestPerson.Named("tom");
        var group = TestGroup.With(people[Role.Owner], (people[Role.Viewer], Role.Viewer), (people[Role.Editor], Role.Editor), (people[Role.Admin], Role.Admin), (target, Role.Viewer));
        group.Accept(people[Role.Owner], b =>
        {
            b.OpenInvites.Add(Parts.Open("first", Role.Viewer, 1));
            b.Puts.Add(Parts.Put("one", 1));
        });
        var moved = target.Copy().Accept(target.AddDevice());
        var others = people.Values.ToArray();
        (string What, Role Needed, Action<GroupBody> Change)[] changes =
        [
            ("re-anchor", Role.Viewer, b => b.ReAnchors.Add(group.ReAnchor(moved))),
            ("put", Role.Editor, b => b.Puts.Add(Parts.Put("two", 1))),
            ("delete", Role.Editor, b => b.Deletes.Add(Parts.Delete("one"))),
            ("note", Role.Editor, b => b.Note = Parts.Boxed(1)),
            ("epoch", Role.Editor, b => b.Epoch = group.NextEpoch()),
            ("info", Role.Admin, b => b.Info = Parts.Info(1)),
            ("remove", Role.Admin, b =>
            {
                b.Removes.Add(Parts.Remove(target));
                b.Epoch = group.NextEpoch(others);
            }),
            ("role", Role.Admin, b => b.Roles.Add(Parts.Role(target, Role.Editor))),
            ("close-invite", Role.Admin, b => b.CloseInvites.Add(Parts.Close("first"))),
            ("open-invite", Role.Admin, b => b.OpenInvites.Add(Parts.Open("second", Role.Viewer, 1))),
            ("add", Role.Admin, b => b.Adds.Add(Parts.Add(TestPerson.Named("cem"), Role.Viewer))),
            ("close", Role.Owner, b => b.Close = new CloseGroup()),
        ];
        foreach (var (what, needed, change) in changes)
        {
            foreach (var (role, person) in people)
            {
                var name = $"{role}".ToLowerInvariant();
                if (role >= needed)
                {
                    book.LegalGroup(309, $"{name}-{what}", group.Then(person, change));
                }
                else
                {
                    book.Group(309, $"{name}-{what}", group.Then(person, change));
                }
            }
        }

        book.LegalGroup(309, "viewer-leave", group.Then(people[Role.Viewer], b => b.Leave = new LeaveGroup()));
        book.LegalGroup(309, "promoted-editor-puts", group.Copy().Accept(people[Role.Admin], b => b.Roles.Add(Parts.Role(target, Role.Editor))).Then(target, b => b.Puts.Add(Parts.Put("two", 1))));
        book.Group(309, "demoted-editor-puts", group.Copy().Accept(people[Role.Admin], b => b.Roles.Add(Parts.Role(people[Role.Editor], Role.Viewer)))
            .Then(people[Role.Editor], b => b.Puts.Add(Parts.Put("two", 1))));
        book.Group(309, "viewer-promotes-self-and-puts", group.Then(people[Role.Viewer], b =>
        {
            b.Roles.Add(Parts.Role(people[Role.Viewer], Role.Editor));
            b.Puts.Add(Parts.Put("two", 1));
        }));
    }
}
