using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>Re-anchors, removes, leaving, roles and adds (rules 302, 310 to 318, 322 to 324, 333).</summary>
internal static class MemberVectors
{
    public static void Write(VectorBook book)
    {
        Ranks(book);
        Owners(book);
        Targets(book);
        ReAnchors(book);
        Adds(book);
        Personal(book);
    }

    private static (TestPerson Ann, TestPerson Ann2, TestPerson Ada, TestPerson Ada2, TestPerson Edd, TestGroup Group) Six()
    {
        var (ann, ann2, ada, ada2, edd) = (TestPerson.Named("ann"), TestPerson.Named("ann2"), TestPerson.Named("ada"), TestPerson.Named("ada2"), TestPerson.Named("edd"));
        return (ann, ann2, ada, ada2, edd, TestGroup.With(ann, (ann2, Role.Owner), (ada, Role.Admin), (ada2, Role.Admin), (edd, Role.Editor)));
    }

    private static void Ranks(VectorBook book)
    {
        var (ann, ann2, ada, ada2, edd, group) = Six();
        TestPerson[] all = [ann, ann2, ada, ada2, edd];
        var cem = TestPerson.Named("cem");
        book.LegalGroup(310, "owner-removes-owner", group.Then(ann, b => Remove(b, ann2)));
        book.LegalGroup(310, "admin-removes-editor", group.Then(ada, b => Remove(b, edd)));
        book.Group(310, "admin-removes-owner", group.Then(ada, b => Remove(b, ann)));
        book.Group(310, "admin-removes-admin", group.Then(ada, b => Remove(b, ada2)));
        book.LegalGroup(310, "owner-demotes-admin", group.Then(ann, b => b.Roles.Add(Parts.Role(ada, Role.Viewer))));
        book.LegalGroup(310, "owner-makes-owner", group.Then(ann, b => b.Roles.Add(Parts.Role(ada, Role.Owner))));
        book.LegalGroup(310, "admin-demotes-editor", group.Then(ada, b => b.Roles.Add(Parts.Role(edd, Role.Viewer))));
        book.Group(310, "admin-demotes-owner", group.Then(ada, b => b.Roles.Add(Parts.Role(ann, Role.Viewer))));
        book.Group(310, "admin-demotes-admin", group.Then(ada, b => b.Roles.Add(Parts.Role(ada2, Role.Viewer))));
        book.Group(310, "admin-makes-admin", group.Then(ada, b => b.Roles.Add(Parts.Role(edd, Role.Admin))));
        book.Group(310, "admin-makes-owner", group.Then(ada, b => b.Roles.Add(Parts.Role(edd, Role.Owner))));
        book.Group(310, "admin-promotes-self", group.Then(ada, b => b.Roles.Add(Parts.Role(ada, Role.Owner))));
        book.Group(310, "admin-demotes-self", group.Then(ada, b => b.Roles.Add(Parts.Role(ada, Role.Editor))));
        book.LegalGroup(310, "admin-adds-editor", group.Then(ada, b => b.Adds.Add(Parts.Add(cem, Role.Editor))));
        book.LegalGroup(310, "owner-adds-owner", group.Then(ann, b => b.Adds.Add(Parts.Add(cem, Role.Owner))));
        book.Group(310, "admin-adds-admin", group.Then(ada, b => b.Adds.Add(Parts.Add(cem, Role.Admin))));
        book.Group(310, "admin-adds-owner", group.Then(ada, b => b.Adds.Add(Parts.Add(cem, Role.Owner))));
        book.LegalGroup(310, "admin-invites-editor", group.Then(ada, b => b.OpenInvites.Add(Parts.Open("x", Role.Editor, 1))));
        book.LegalGroup(310, "owner-invites-owner", group.Then(ann, b => b.OpenInvites.Add(Parts.Open("x", Role.Owner, 1))));
        book.Group(310, "admin-invites-admin", group.Then(ada, b => b.OpenInvites.Add(Parts.Open("x", Role.Admin, 1))));
        book.Group(310, "admin-invites-owner", group.Then(ada, b => b.OpenInvites.Add(Parts.Open("x", Role.Owner, 1))));
        book.Group(310, "owner-invites-owner-while-stepping-down", group.Then(ann, b =>
        {
            b.Roles.Add(Parts.Role(ann, Role.Admin));
            b.OpenInvites.Add(Parts.Open("x", Role.Owner, 1));
        }));
        book.Group(310, "owner-invites-viewer-while-becoming-editor", group.Then(ann, b =>
        {
            b.Roles.Add(Parts.Role(ann, Role.Editor));
            b.OpenInvites.Add(Parts.Open("x", Role.Viewer, 1));
        }));
        book.LegalGroup(310, "owner-steps-down-and-adds-owner", group.Then(ann, b =>
        {
            b.Roles.Add(Parts.Role(ann, Role.Admin));
            b.Adds.Add(Parts.Add(cem, Role.Owner));
        }));
        var invited = group.Copy().Accept(ann, b =>
        {
            OpenInvite[] opens = [Parts.Open("x", Role.Admin, 1), Parts.Open("y", Role.Editor, 1)];
            b.OpenInvites.Add(opens.OrderBy(o => Convert.ToHexString(o.InviteKey.Span), StringComparer.Ordinal));
        });
        book.LegalGroup(310, "admin-closes-owners-editor-invite", invited.Then(ada, b => b.CloseInvites.Add(Parts.Close("y"))));
        book.LegalGroup(310, "owner-closes-admin-invite", invited.Then(ann2, b => b.CloseInvites.Add(Parts.Close("x"))));
        book.Group(310, "admin-closes-admin-invite", invited.Then(ada, b => b.CloseInvites.Add(Parts.Close("x"))));

        void Remove(GroupBody body, TestPerson target)
        {
            body.Removes.Add(Parts.Remove(target));
            body.Epoch = group.NextEpoch([.. all.Where(person => person != target)]);
        }
    }

    private static void Owners(VectorBook book)
    {
        var (ann, ann2, ada, ada2, edd, two) = Six();
        var one = TestGroup.With(ann, (edd, Role.Editor));
        book.LegalGroup(311, "one-of-two-owners-leaves", two.Then(ann2, b => b.Leave = new LeaveGroup()));
        book.LegalGroup(311, "one-of-two-owners-steps-down", two.Then(ann2, b => b.Roles.Add(Parts.Role(ann2, Role.Viewer))));
        book.LegalGroup(311, "hands-over-in-one-commit", one.Then(ann, b =>
        {
            ChangeRole[] roles = [Parts.Role(ann, Role.Editor), Parts.Role(edd, Role.Owner)];
            b.Roles.Add(roles.OrderBy(r => Convert.ToHexString(r.Account.Span), StringComparer.Ordinal));
        }));
        book.Group(311, "last-owner-leaves", one.Then(ann, b => b.Leave = new LeaveGroup()));
        book.Group(311, "only-member-leaves", TestGroup.Started(ann).Then(ann, b => b.Leave = new LeaveGroup()));
        book.Group(311, "last-owner-steps-down", one.Then(ann, b => b.Roles.Add(Parts.Role(ann, Role.Admin))));
        book.Group(311, "removes-other-owner-and-steps-down", two.Then(ann, b =>
        {
            b.Removes.Add(Parts.Remove(ann2));
            b.Roles.Add(Parts.Role(ann, Role.Admin));
            b.Epoch = two.NextEpoch(ann, ada, ada2, edd);
        }));
        book.Group(311, "both-owners-step-down", two.Then(ann, b =>
        {
            ChangeRole[] roles = [Parts.Role(ann, Role.Admin), Parts.Role(ann2, Role.Admin)];
            b.Roles.Add(roles.OrderBy(r => Convert.ToHexString(r.Account.Span), StringComparer.Ordinal));
        }));
        book.Group(311, "steps-down-and-adds-an-owner", one.Then(ann, b =>
        {
            b.Roles.Add(Parts.Role(ann, Role.Admin));
            b.Adds.Add(Parts.Add(TestPerson.Named("cem"), Role.Owner));
        }));
    }

    private static void Targets(VectorBook book)
    {
        var (ann, ann2, ada, ada2, edd, group) = Six();
        var eve = TestPerson.Named("eve");
        book.LegalGroup(312, "member", group.Then(ann, b => b.Roles.Add(Parts.Role(edd, Role.Viewer))));
        book.Group(312, "removes-stranger", group.Then(ann, b =>
        {
            b.Removes.Add(Parts.Remove(eve));
            b.Epoch = group.NextEpoch();
        }));
        book.Group(312, "role-of-stranger", group.Then(ann, b => b.Roles.Add(Parts.Role(eve, Role.Viewer))));
        book.Group(312, "re-anchors-stranger", group.Then(ann, b => b.ReAnchors.Add(Parts.ReAnchor(eve.State, eve.Copy().Accept(eve.AddDevice())))));
        book.Group(312, "role-of-removed-in-same-commit", group.Then(ann, b =>
        {
            b.Removes.Add(Parts.Remove(edd));
            b.Roles.Add(Parts.Role(edd, Role.Viewer));
            b.Epoch = group.NextEpoch(ann, ann2, ada, ada2);
        }));
        book.LegalGroup(313, "removes-another", group.Then(ann, Removed));
        book.Group(313, "removes-self", group.Then(ann, b =>
        {
            b.Removes.Add(Parts.Remove(ann));
            b.Epoch = group.NextEpoch(ann2, ada, ada2, edd);
        }));
        book.Group(313, "admin-removes-self", group.Then(ada, b =>
        {
            b.Removes.Add(Parts.Remove(ada));
            b.Epoch = group.NextEpoch(ann, ann2, ada2, edd);
        }));
        book.LegalGroup(314, "remove-with-epoch", group.Then(ann, Removed));
        book.Group(314, "remove-without-epoch", group.Then(ann, b => b.Removes.Add(Parts.Remove(edd))));
        book.Group(314, "remove-then-epoch-in-next", group.Copy().Then(ann, b => b.Removes.Add(Parts.Remove(ada))));
        book.LegalGroup(316, "another-role", group.Then(ann, b => b.Roles.Add(Parts.Role(edd, Role.Admin))));
        book.Group(316, "same-role", group.Then(ann, b => b.Roles.Add(Parts.Role(edd, Role.Editor))));
        book.Group(316, "own-same-role", group.Then(ann, b => b.Roles.Add(Parts.Role(ann, Role.Owner))));
        book.Group(316, "admin-names-owners-present-role", group.Then(ada, b => b.Roles.Add(Parts.Role(ann, Role.Owner))));
        book.LegalGroup(314, "leave-needs-none", group.Then(edd, b => b.Leave = new LeaveGroup()));

        void Removed(GroupBody body)
        {
            body.Removes.Add(Parts.Remove(edd));
            body.Epoch = group.NextEpoch(ann, ann2, ada, ada2);
        }
    }

    private static void ReAnchors(VectorBook book)
    {
        var (ann, bea) = (TestPerson.Named("ann"), TestPerson.Named("bea"));
        bea.Accept(bea.AddDevice());
        var group = TestGroup.With(ann, (bea, Role.Viewer));
        var next = bea.Copy().Accept(bea.AddDevice());
        var after = next.Copy().Accept(next.AddDevice());
        var branch = bea.Copy("bea-forked");
        branch.Accept(branch.AddDevice());
        branch.Accept(branch.AddDevice());
        var stranger = TestPerson.Named("eve");
        stranger.Accept(stranger.AddDevice()).Accept(stranger.AddDevice());

        book.LegalGroup(317, "extends", group.Then(ann, b => b.ReAnchors.Add(group.ReAnchor(after))));
        book.LegalGroup(317, "extends-by-self", group.Then(bea, b => Own(b, after.Entries.Skip(3), after)));
        Both(317, "entry-before-anchor", bea.Entries.Skip(2), 106);
        Both(317, "whole-chain", next.Entries, 105);
        Both(317, "hole", after.Entries.Skip(4), 106);
        Both(317, "another-accounts-entries", stranger.Entries.Skip(3), 105);
        Both(317, "entry-twice", [next.Entries[3], next.Entries[3]], 106);
        Both(317, "branches-later", [next.Entries[3], branch.Entries[4]], 107);
        var anchored = group.Copy().Accept(ann, b => b.ReAnchors.Add(group.ReAnchor(next)));
        book.Group(317, "anchor-goes-back-to-branch", anchored.Then(ann, b => b.ReAnchors.Add(Parts.ReAnchor(bea.Id, branch.Entries.Skip(4)))), 107);
        book.Group(317, "anchor-goes-back", anchored.Then(ann, b => b.ReAnchors.Add(Parts.ReAnchor(bea.Id, next.Entries.Skip(3)))), 106);

        book.LegalGroup(302, "re-anchor", group.Then(ann, b => b.ReAnchors.Add(group.ReAnchor(next))));
        Both(302, "entry-by-stranger", [Strange(bea.AddDevice())], 110);
        Both(302, "entry-without-operation", [new AccountDraft(bea.Body(), [bea.Identity]).Sign()], 111);
        Both(302, "entry-of-newer-format", [bea.AddDevice().With(b => b.Version = 2).Sign()], 103);
        Both(302, "entry-of-unknown-format", [Strange(bea.AddDevice().With(b => b.Version = 2))], 104);
        Both(302, "second-login", [bea.SetLogin().Sign()], 202);
        Both(302, "good-entry-then-bad", [next.Entries[3], Strange(next.AddDevice())], 110);
        Both(302, "entry-without-signature", [new SignedEntry { Body = next.Entries[3].Body }], 109);

        void Both(int rule, string sin, IEnumerable<SignedEntry> entries, int inner)
        {
            SignedEntry[] list = [.. entries];
            book.Group(rule, "re-anchor-" + sin, group.Then(ann, b => b.ReAnchors.Add(Parts.ReAnchor(bea.Id, list))), inner);
            book.Group(rule, "own-re-anchor-" + sin, group.Then(bea, b => Own(b, list, bea)), inner);
        }

        void Own(GroupBody body, IEnumerable<SignedEntry> entries, TestPerson head)
        {
            body.ReAnchors.Add(Parts.ReAnchor(bea.Id, entries));
            body.AuthorHead = head.State.Head.ToAccountHead();
        }

        static SignedEntry Strange(AccountDraft draft)
        {
            draft.Signers[0] = TestKey.Named("stranger");
            return draft.Sign();
        }
    }

    private static void Adds(VectorBook book)
    {
        var (ann, bea, cem, eve) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"), TestPerson.Named("eve"));
        bea.Accept(bea.AddDevice());
        var group = TestGroup.With(ann, (bea, Role.Editor));
        book.LegalGroup(315, "newcomer", group.Then(ann, b => b.Adds.Add(Parts.Add(cem, Role.Viewer))));
        book.Group(315, "member", group.Then(ann, b => b.Adds.Add(Parts.Add(bea, Role.Viewer))));
        book.Group(315, "self", group.Then(ann, b => b.Adds.Add(Parts.Add(ann, Role.Viewer))));
        book.LegalGroup(315, "removed-and-added-in-one", group.Then(ann, b =>
        {
            b.Removes.Add(Parts.Remove(bea));
            b.Adds.Add(Parts.Add(bea, Role.Viewer, sealedHere: false));
            b.Epoch = group.NextEpoch(ann, bea);
        }));

        book.LegalGroup(302, "add", group.Then(ann, b => b.Adds.Add(Parts.Add(cem, Role.Viewer))));
        Add(302, "add-of-another-account", a => a.Account = eve.Id.ToByteString(), 105);
        Add(302, "add-entry-bit-flipped", a => a.AccountEntries[1].Signatures[0] = Wire.Flip(a.AccountEntries[1].Signatures[0], 9), 110);
        Add(302, "add-entries-swapped", a => (a.AccountEntries[0], a.AccountEntries[1]) = (a.AccountEntries[1], a.AccountEntries[0]), 105);
        Add(302, "add-genesis-twice", a => a.AccountEntries[1] = a.AccountEntries[0], 105);
        Add(302, "add-entry-too-many-signatures", a => a.AccountEntries[0].Signatures.Add(a.AccountEntries[0].Signatures[0]), 109);

        var left = group.Copy().Accept(bea, b => b.Leave = new LeaveGroup());
        var older = TestPerson.Named("bea");
        var branch = TestPerson.Named("bea").Copy("bea-forked");
        branch.Accept(branch.AddDevice());
        book.LegalGroup(318, "comes-back-as-left", left.Then(ann, b => b.Adds.Add(Parts.Add(bea, Role.Viewer))));
        book.LegalGroup(318, "comes-back-on-another-branch", left.Then(ann, b => b.Adds.Add(Parts.Add(branch, Role.Viewer))));
        book.LegalGroup(318, "comes-back-newer", left.Then(ann, b => b.Adds.Add(Parts.Add(bea.Copy().Accept(bea.AddDevice()), Role.Viewer))));
        book.Group(318, "comes-back-older", left.Then(ann, b => b.Adds.Add(Parts.Add(older, Role.Viewer))));
        book.Group(318, "removed-and-added-older-in-one", group.Then(ann, b =>
        {
            b.Removes.Add(Parts.Remove(bea));
            b.Adds.Add(Parts.Add(older, Role.Viewer, sealedHere: false));
            b.Epoch = group.NextEpoch(ann, older);
        }));

        book.LegalGroup(324, "add-with-seal", group.Then(ann, b => b.Adds.Add(Parts.Add(cem, Role.Viewer))));
        book.LegalGroup(324, "add-with-epoch", group.Then(ann, b =>
        {
            b.Adds.Add(Parts.Add(cem, Role.Viewer, sealedHere: false));
            b.Epoch = group.NextEpoch(ann, bea, cem);
        }));
        Add(324, "add-without-seal", a => a.Seal = null);
        book.Group(324, "add-with-seal-and-epoch", group.Then(ann, b =>
        {
            b.Adds.Add(Parts.Add(cem, Role.Viewer));
            b.Epoch = group.NextEpoch(ann, bea, cem);
        }));
        Add(322, "add-seals-to-author", a => a.Seal = Parts.Seal(ann.State, "add"));
        Add(322, "add-seals-to-stranger-with-key-of-added", a => a.Seal.Account = eve.Id.ToByteString());
        Add(323, "add-seals-to-another-key", a => a.Seal.KeyId = eve.State.SealingKeyId.ToByteString());
        Add(323, "add-seals-to-zero-key", a => a.Seal.KeyId = Ids.Hash32.Zero.ToByteString());
        var rotated = cem.Copy().Accept(cem.Rotate());
        book.Group(323, "add-seals-to-rotated-away-key", group.Then(ann, b =>
        {
            var add = Parts.Add(rotated, Role.Viewer);
            add.Seal.KeyId = cem.State.SealingKeyId.ToByteString();
            b.Adds.Add(add);
        }));
        book.LegalGroup(323, "add-seals-to-newest-key", group.Then(ann, b => b.Adds.Add(Parts.Add(rotated, Role.Viewer))));

        void Add(int rule, string sin, Action<AddMember> change, int? inner = null) => book.Group(rule, sin, group.Then(ann, b =>
        {
            var add = Parts.Add(cem, Role.Viewer).Clone();
            change(add);
            b.Adds.Add(add);
        }), inner);
    }

    private static void Personal(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var own = TestGroup.Started(ann, GroupKind.Personal);
        book.LegalGroup(333, "put", own.Then(ann, b => b.Puts.Add(Parts.Put("one", 1))));
        book.LegalGroup(333, "re-anchor-and-epoch", own.Then(ann, b =>
        {
            var more = ann.Copy().Accept(ann.Rotate());
            b.ReAnchors.Add(own.ReAnchor(more));
            b.AuthorHead = more.State.Head.ToAccountHead();
            b.Epoch = own.NextEpoch(more);
        }));
        book.Group(333, "add", own.Then(ann, b => b.Adds.Add(Parts.Add(TestPerson.Named("bea"), Role.Viewer))));
        book.Group(333, "open-invite", own.Then(ann, b => b.OpenInvites.Add(Parts.Open("x", Role.Viewer, 1))));
    }
}
