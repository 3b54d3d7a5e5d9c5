using Google.Protobuf;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>Invites: opening, closing, falling with their opener, and the proof that completes one (rules 326 to 329, 336).</summary>
internal static class InviteVectors
{
    public static void Write(VectorBook book)
    {
        Known(book);
        Falls(book);
        Proofs(book);
        Many(book);
    }

    private static void Known(VectorBook book)
    {
        var (ann, bea, cem) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"));
        var group = TestGroup.With(ann, (bea, Role.Admin)).Accept(bea, b => b.OpenInvites.Add(Parts.Open("x", Role.Editor, 1)));
        book.LegalGroup(326, "close-open-one", group.Then(ann, b => b.CloseInvites.Add(Parts.Close("x"))));
        book.Group(326, "close-unknown", group.Then(ann, b => b.CloseInvites.Add(Parts.Close("y"))));
        var closed = group.Copy().Accept(ann, b => b.CloseInvites.Add(Parts.Close("x")));
        book.Group(326, "close-closed", closed.Then(ann, b => b.CloseInvites.Add(Parts.Close("x"))));
        book.Group(326, "close-one-opened-in-same-commit", group.Then(ann, b =>
        {
            b.CloseInvites.Add(Parts.Close("y"));
            b.OpenInvites.Add(Parts.Open("y", Role.Viewer, 1));
        }));
        book.LegalGroup(327, "open-another", group.Then(ann, b => b.OpenInvites.Add(Parts.Open("y", Role.Viewer, 1))));
        book.Group(327, "open-an-open-one", group.Then(ann, b => b.OpenInvites.Add(Parts.Open("x", Role.Viewer, 1))));
        book.Group(327, "open-a-closed-one", closed.Then(ann, b => b.OpenInvites.Add(Parts.Open("x", Role.Viewer, 1))));
        book.Group(327, "close-and-open-in-one", group.Then(ann, b =>
        {
            b.CloseInvites.Add(Parts.Close("x"));
            b.OpenInvites.Add(Parts.Open("x", Role.Editor, 1));
        }));
        var used = Complete(group, ann, cem);
        book.Group(327, "open-a-completed-one", used.Then(ann, b => b.OpenInvites.Add(Parts.Open("x", Role.Editor, 1))));
    }

    private static TestGroup Complete(TestGroup group, TestPerson author, TestPerson joiner) => group.Copy().Accept(author, b =>
    {
        var add = Parts.Add(joiner, Role.Editor);
        add.Proof = Proof(group, joiner);
        b.Adds.Add(add);
    });

    private static InviteProof Proof(TestGroup group, TestPerson joiner, string invite = "x") =>
        Parts.Proof(Parts.Join(group.State, Parts.Invite(invite), joiner), Parts.InviteKey(invite), TestKey.Of(joiner.Devices[0]));

    /// <summary>What closes an invite: each ends in an add that shows a proof which was good a moment before.</summary>
    private static void Falls(VectorBook book)
    {
        var (ann, bea, cem, dan) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"), TestPerson.Named("dan"));
        bea.Accept(bea.AddDevice());
        var group = TestGroup.With(ann, (bea, Role.Admin), (dan, Role.Viewer)).Accept(bea, b => b.OpenInvites.Add(Parts.Open("x", Role.Editor, 1)));
        var proof = Proof(group, cem);
        book.LegalGroup(326, "completed-by-opener", group.Then(bea, Join));
        book.LegalGroup(326, "completed-by-another", group.Then(ann, Join));
        var other = TestPerson.Named("dora");
        book.Group(326, "completed-twice", Complete(group, ann, cem).Then(ann, b =>
        {
            var add = Parts.Add(other, Role.Editor);
            add.Proof = Proof(group, other);
            b.Adds.Add(add);
        }));
        book.Group(326, "completed-twice-in-one", group.Then(ann, b =>
        {
            AddMember[] adds = [Parts.Add(cem, Role.Editor), Parts.Add(other, Role.Editor)];
            adds[0].Proof = proof;
            adds[1].Proof = Proof(group, other);
            b.Adds.Add(adds.OrderBy(a => Convert.ToHexString(a.Account.Span), StringComparer.Ordinal));
        }));
        book.Group(326, "completed-and-closed-in-one", group.Then(ann, b =>
        {
            b.CloseInvites.Add(Parts.Close("x"));
            Join(b);
        }));
        After("closed", group.Copy().Accept(ann, b => b.CloseInvites.Add(Parts.Close("x"))));
        After("opener-removed", group.Copy().Accept(ann, b =>
        {
            b.Removes.Add(Parts.Remove(bea));
            b.Epoch = group.NextEpoch(ann, dan);
        }));
        After("opener-left", group.Copy().Accept(bea, b => b.Leave = new LeaveGroup()));
        After("opener-demoted", group.Copy().Accept(ann, b => b.Roles.Add(Parts.Role(bea, Role.Viewer))));
        After("opener-demoted-and-promoted", group.Copy().Accept(ann, b => b.Roles.Add(Parts.Role(bea, Role.Editor)))
            .Accept(ann, b => b.Roles.Add(Parts.Role(bea, Role.Admin))));
        book.LegalGroup(326, "opener-promoted", group.Copy().Accept(ann, b => b.Roles.Add(Parts.Role(bea, Role.Owner))).Then(ann, Join));
        foreach (var (what, fallen) in new[] { ("retired", bea.Copy().Accept(bea.Retire(bea.Devices[0]))), ("revoked", bea.Copy().Accept(bea.Rotate(bea.Devices[0]))) })
        {
            After($"openers-device-{what}", group.Copy().Accept(ann, b => b.ReAnchors.Add(group.ReAnchor(fallen))));
            book.Group(326, $"openers-device-{what}-in-same-commit", group.Then(ann, b =>
            {
                b.ReAnchors.Add(group.ReAnchor(fallen));
                Join(b);
            }));
        }

        foreach (var (what, fallen) in new[] { ("retired", bea.Copy().Accept(bea.Retire(bea.Devices[1]))), ("revoked", bea.Copy().Accept(bea.Rotate(bea.Devices[1]))) })
        {
            book.LegalGroup(326, $"openers-other-device-{what}", group.Copy().Accept(ann, b => b.ReAnchors.Add(group.ReAnchor(fallen))).Then(ann, Join));
        }

        book.Group(326, "opener-removed-in-same-commit", group.Then(ann, b =>
        {
            b.Removes.Add(Parts.Remove(bea));
            Join(b);
            b.Adds[0].Seal = null;
            b.Epoch = group.NextEpoch(ann, dan, cem);
        }));
        book.Group(326, "opener-demoted-in-same-commit", group.Then(ann, b =>
        {
            b.Roles.Add(Parts.Role(bea, Role.Viewer));
            Join(b);
        }));

        void Join(GroupBody body)
        {
            var add = Parts.Add(cem, Role.Editor);
            add.Proof = proof;
            body.Adds.Add(add);
        }

        void After(string sin, TestGroup fallen) => book.Group(326, "completed-after-" + sin, fallen.Then(ann, Join));
    }

    private static void Proofs(VectorBook book)
    {
        var (ann, cem, eve) = (TestPerson.Named("ann"), TestPerson.Named("cem"), TestPerson.Named("eve"));
        cem.Accept(cem.AddDevice());
        var group = TestGroup.With(ann).Accept(ann, b =>
        {
            OpenInvite[] opens = [Parts.Open("x", Role.Editor, 1), Parts.Open("y", Role.Editor, 1)];
            b.OpenInvites.Add(opens.OrderBy(o => Convert.ToHexString(o.InviteKey.Span), StringComparer.Ordinal));
        });
        var (invite, device) = (Parts.InviteKey("x"), TestKey.Of(cem.Devices[0]));
        book.LegalGroup(328, "proof", Then(_ => { }));
        book.LegalGroup(328, "joiner-went-on", group.Then(ann, b =>
        {
            var add = Parts.Add(cem.Copy().Accept(cem.Rotate(cem.Devices[1])), Role.Editor);
            add.Proof = Parts.Proof(Join(), invite, device);
            b.Adds.Add(add);
        }));
        book.LegalGroup(328, "head-is-genesis", Then(j => j.Head = new AccountHead { Id = cem.State.Id.ToByteString() }));
        book.LegalGroup(328, "second-device", group.Then(ann, b => b.Adds.Add(With(j => j.Device = cem.Devices[1].ToByteString(), invite, TestKey.Of(cem.Devices[1])))));
        book.LegalGroup(328, "device-newer-than-head", group.Then(ann, b => b.Adds.Add(With(
            j =>
            {
                j.Head = new AccountHead { Id = cem.State.Id.ToByteString() };
                j.Device = cem.Devices[1].ToByteString();
            },
            invite,
            TestKey.Of(cem.Devices[1])))));
        Sin("version-0", j => j.Version = 0);
        Sin("version-2", j => j.Version = 2);
        Sin("another-group", j => j.Group = Filler.Hash("group"));
        Sin("no-group", j => j.Group = ByteString.Empty);
        Sin("another-invite-commit", j => j.InviteCommit = group.State.Id.ToByteString());
        Sin("another-account", j => j.Account = eve.Id.ToByteString());
        Sin("name-hash-missing", j => j.SealedNameHash = ByteString.Empty);
        Sin("name-hash-33", j => j.SealedNameHash = Wire.Append(j.SealedNameHash, 0));
        Sin("head-missing", j => j.Head = null);
        Sin("head-id-31", j => j.Head.Id = ByteString.CopyFrom(j.Head.Id.Span[..31]));
        Sin("head-beyond-chain", j => j.Head.Seq = 3);
        Sin("head-largest", j => j.Head.Seq = ulong.MaxValue);
        Sin("head-on-another-branch", j => j.Head.Id = Filler.Hash("entry"));
        Sin("head-id-of-another-seq", j => j.Head.Seq = 1);
        Sin("unknown-device", j => j.Device = eve.Devices[0].ToByteString());
        Sin("device-31", j => j.Device = ByteString.CopyFrom(j.Device.Span[..31]));
        Sin("invite-31", j => j.Invite = ByteString.CopyFrom(j.Invite.Span[..31]));
        Signed("unknown-field", Parts.Proof(Wire.UnknownField(Join().ToByteString()), invite, device));
        Signed("version-last", Parts.Proof(Wire.VersionLast(Join().ToByteString()), invite, device));
        Signed("body-does-not-parse", Parts.Proof(Filler.Hash("junk"), invite, device));
        Signed("invite-signature-by-stranger", Parts.Proof(Join(), TestKey.Named("stranger"), device));
        Signed("invite-signature-by-relay-with-other-code", Parts.Proof(Join(), Parts.InviteKey("y"), device));
        Signed("device-signature-by-stranger", Parts.Proof(Join(), invite, TestKey.Named("stranger")));
        Signed("device-signature-by-second-device", Parts.Proof(Join(), invite, TestKey.Of(cem.Devices[1])));
        Signed("signatures-swapped", Swapped(Parts.Proof(Join(), invite, device)));
        Signed("invite-signature-with-device-tag", WithInviteSignature(invite.Sign(Purpose.SignJoinByDevice, Join().ToByteString())));
        Signed("device-signature-with-commit-tag", WithDeviceSignature(device.Sign(Purpose.SignGroupCommit, Join().ToByteString())));
        var retired = cem.Copy().Accept(cem.Retire(cem.Devices[0]));
        book.Group(328, "device-retired-since", group.Then(ann, b => b.Adds.Add(WithChain(retired))));
        var revoked = cem.Copy().Accept(cem.Rotate(cem.Devices[0]));
        book.Group(328, "device-revoked-since", group.Then(ann, b => b.Adds.Add(WithChain(revoked))));
        book.Group(328, "shown-for-another-joiner", group.Then(ann, b =>
        {
            var add = Parts.Add(eve, Role.Editor);
            add.Proof = Parts.Proof(Join(), invite, device);
            b.Adds.Add(add);
        }));
        book.Group(326, "proof-for-an-invite-never-opened", group.Then(ann, b => b.Adds.Add(With(j => j.Invite = Parts.Invite("z").ToByteString(), invite, device))));

        book.LegalGroup(329, "role-invited-to", Then(_ => { }));
        AddedAs(329, "higher-role", Role.Admin);
        AddedAs(329, "lower-role", Role.Viewer);
        book.Group(329, "role-is-checked-before-proof", group.Then(ann, b =>
        {
            var add = With(j => j.Group = Filler.Hash("group"), invite, device);
            add.Role = Role.Viewer;
            b.Adds.Add(add);
        }));
        var bea = TestPerson.Named("bea");
        var withAdmin = TestGroup.With(ann, (bea, Role.Admin)).Accept(ann, b => b.OpenInvites.Add(Parts.Open("x", Role.Admin, 1)));
        book.Group(310, "admin-completes-owners-admin-invite", withAdmin.Then(bea, b =>
        {
            var add = Parts.Add(cem, Role.Admin);
            add.Proof = Proof(withAdmin, cem);
            b.Adds.Add(add);
        }));

        JoinBody Join() => Parts.Join(group.State, Parts.Invite("x"), cem);
        AddMember With(Action<JoinBody> change, TestKey inviteKey, TestKey deviceKey)
        {
            var join = Join();
            change(join);
            var add = Parts.Add(cem, Role.Editor);
            add.Proof = Parts.Proof(join, inviteKey, deviceKey);
            return add;
        }

        AddMember WithChain(TestPerson person)
        {
            var add = Parts.Add(person, Role.Editor);
            add.Proof = Parts.Proof(Join(), invite, device);
            return add;
        }

        IReadOnlyList<SignedEntry> Then(Action<JoinBody> change) => group.Then(ann, b => b.Adds.Add(With(change, invite, device)));
        void Sin(string sin, Action<JoinBody> change) => book.Group(328, sin, Then(change));
        void Signed(string sin, InviteProof proof) => book.Group(328, sin, group.Then(ann, b =>
        {
            var add = Parts.Add(cem, Role.Editor);
            add.Proof = proof;
            b.Adds.Add(add);
        }));
        void AddedAs(int rule, string sin, Role role) => book.Group(rule, sin, group.Then(ann, b =>
        {
            var add = With(_ => { }, invite, device);
            add.Role = role;
            b.Adds.Add(add);
        }));
        InviteProof WithInviteSignature(ByteString signature)
        {
            var proof = Parts.Proof(Join(), invite, device);
            proof.InviteSignature = signature;
            return proof;
        }

        InviteProof WithDeviceSignature(ByteString signature)
        {
            var proof = Parts.Proof(Join(), invite, device);
            proof.DeviceSignature = signature;
            return proof;
        }

        static InviteProof Swapped(InviteProof proof)
        {
            (proof.InviteSignature, proof.DeviceSignature) = (proof.DeviceSignature, proof.InviteSignature);
            return proof;
        }
    }

    private static void Many(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        book.LegalGroup(336, "64-open", group.Then(ann, b => b.OpenInvites.Add(Opens(64))));
        book.Group(336, "65-in-one", group.Then(ann, b => b.OpenInvites.Add(Opens(65))));
        var full = group.Copy().Accept(ann, b => b.OpenInvites.Add(Opens(64)));
        book.Group(336, "one-more", full.Then(ann, b => b.OpenInvites.Add(Parts.Open("more", Role.Viewer, 1))));
        book.LegalGroup(336, "one-closed-one-opened", full.Then(ann, b =>
        {
            b.CloseInvites.Add(Parts.Close("0"));
            b.OpenInvites.Add(Parts.Open("more", Role.Viewer, 1));
        }));

        static IEnumerable<OpenInvite> Opens(int count) => Enumerable.Range(0, count)
            .Select(i => Parts.Open($"{i}", Role.Viewer, 1))
            .OrderBy(o => Convert.ToHexString(o.InviteKey.Span), StringComparer.Ordinal);
    }
}
