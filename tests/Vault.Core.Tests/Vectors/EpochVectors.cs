using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>New group keys, rotation due, and what is boxed under which epoch (rules 319 to 323, 325).</summary>
internal static class EpochVectors
{
    public static void Write(VectorBook book)
    {
        Numbers(book);
        Seals(book);
        Due(book);
        Named(book);
    }

    private static void Numbers(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann);
        var far = group.Copy().Accept(ann, b => b.Epoch = Parts.Epoch(1001, [ann.State], 1));
        book.LegalGroup(321, "next", group.Then(ann, b => b.Epoch = Parts.Epoch(2, [ann.State], 1)));
        book.LegalGroup(321, "by-1000", far);
        Epoch("same", 1);
        Epoch("by-1001", 1002);
        Epoch("largest", ulong.MaxValue);
        book.Group(321, "back", far.Then(ann, b => b.Epoch = Parts.Epoch(1000, [ann.State], 1)));
        book.LegalGroup(325, "wraps-started-epochs", far.Then(ann, b => b.Epoch = Parts.Epoch(1002, [ann.State], 1, 1001)));
        book.LegalGroup(325, "wraps-none", far.Then(ann, b => b.Epoch = Parts.Epoch(1002, [ann.State])));
        book.Group(325, "wraps-epoch-never-started", far.Then(ann, b => b.Epoch = Parts.Epoch(1002, [ann.State], 500)));
        book.Group(325, "wraps-itself", far.Then(ann, b => b.Epoch = Parts.Epoch(1002, [ann.State], 1002)));
        book.Group(325, "wraps-later-epoch", far.Then(ann, b => b.Epoch = Parts.Epoch(1002, [ann.State], 1, 1003)));
        var founded = TestGroup.Founded(ann);
        book.Group(325, "epoch-1-wraps-itself", founded.Then(ann, b => b.Epoch = Parts.Epoch(1, [ann.State], 1)));

        void Epoch(string sin, ulong number) => book.Group(321, sin, group.Then(ann, b => b.Epoch = Parts.Epoch(number, [ann.State], 1)));
    }

    private static void Seals(VectorBook book)
    {
        var (ann, bea, cem, eve) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"), TestPerson.Named("eve"));
        var group = TestGroup.With(ann, (bea, Role.Editor), (cem, Role.Viewer));
        book.LegalGroup(322, "all-members", group.Then(ann, b => b.Epoch = group.NextEpoch()));
        Epoch(322, "one-left-out", group.NextEpoch(ann, bea));
        Epoch(322, "author-left-out", group.NextEpoch(bea, cem));
        Epoch(322, "nobody", group.NextEpoch([]));
        Epoch(322, "one-too-many", group.NextEpoch(ann, bea, cem, eve));
        Epoch(322, "one-swapped-for-stranger", group.NextEpoch(ann, bea, eve));
        book.Group(322, "removed-member-still-sealed", group.Then(ann, b =>
        {
            b.Removes.Add(Parts.Remove(cem));
            b.Epoch = group.NextEpoch();
        }));
        book.Group(322, "added-member-not-sealed", group.Then(ann, b =>
        {
            b.Adds.Add(Parts.Add(eve, Role.Viewer, sealedHere: false));
            b.Epoch = group.NextEpoch();
        }));
        var left = group.Copy().Accept(cem, b => b.Leave = new LeaveGroup());
        book.Group(322, "leaver-still-sealed", left.Then(ann, b => b.Epoch = group.NextEpoch()));
        book.LegalGroup(322, "leaver-not-sealed", left.Then(ann, b => b.Epoch = left.NextEpoch()));

        var rotated = cem.Copy().Accept(cem.Rotate());
        book.LegalGroup(323, "anchored-keys", group.Then(ann, b => b.Epoch = group.NextEpoch()));
        book.LegalGroup(323, "key-of-re-anchor-in-same-commit", group.Then(ann, b =>
        {
            b.ReAnchors.Add(group.ReAnchor(rotated));
            b.Epoch = group.NextEpoch(ann, bea, rotated);
        }));
        Epoch(323, "key-not-anchored-yet", group.NextEpoch(ann, bea, rotated));
        book.Group(323, "key-before-re-anchor-in-same-commit", group.Then(ann, b =>
        {
            b.ReAnchors.Add(group.ReAnchor(rotated));
            b.Epoch = group.NextEpoch(ann, bea, cem);
        }));
        var anchored = group.Copy().Accept(ann, b => b.ReAnchors.Add(group.ReAnchor(rotated)));
        book.Group(323, "key-before-re-anchor", anchored.Then(ann, b => b.Epoch = group.NextEpoch(ann, bea, cem)));
        var swapped = group.NextEpoch();
        (swapped.Seals[0].KeyId, swapped.Seals[1].KeyId) = (swapped.Seals[1].KeyId, swapped.Seals[0].KeyId);
        Epoch(323, "keys-swapped", swapped);

        void Epoch(int rule, string sin, Epoch epoch) => book.Group(rule, sin, group.Then(ann, b => b.Epoch = epoch));
    }

    private static void Due(VectorBook book)
    {
        var (ann, bea, cem) = (TestPerson.Named("ann"), TestPerson.Named("bea"), TestPerson.Named("cem"));
        bea.Accept(bea.AddDevice());
        var group = TestGroup.With(ann, (bea, Role.Editor), (cem, Role.Viewer)).Accept(ann, b => b.Puts.Add(Parts.Put("one", 1)));
        var left = group.Copy().Accept(cem, b => b.Leave = new LeaveGroup());
        (string What, Action<GroupBody> Change, Action<GroupBody> Epoch2)[] boxes =
        [
            ("put", b => b.Puts.Add(Parts.Put("two", b.Epoch?.Number ?? 1)), _ => { }),
            ("note", b => b.Note = Parts.Boxed(b.Epoch?.Number ?? 1), _ => { }),
            ("info", b => b.Info = Parts.Info(b.Epoch?.Number ?? 1), _ => { }),
            ("open-invite", b => b.OpenInvites.Add(Parts.Open("x", Role.Viewer, b.Epoch?.Number ?? 1)), _ => { }),
        ];
        foreach (var (what, change, _) in boxes)
        {
            book.LegalGroup(319, what + "-when-not-due", group.Then(ann, change));
            book.Group(319, what + "-after-leave", left.Then(ann, change));
            book.LegalGroup(319, what + "-after-leave-with-epoch", left.Then(ann, b =>
            {
                b.Epoch = left.NextEpoch();
                change(b);
            }));
        }

        book.LegalGroup(319, "delete-after-leave", left.Then(ann, b => b.Deletes.Add(Parts.Delete("one"))));
        book.LegalGroup(319, "put-after-leave-and-rotation", left.Copy().Accept(ann, b => b.Epoch = left.NextEpoch()).Then(ann, b => b.Puts.Add(Parts.Put("two", 2))));
        var revoked = bea.Copy().Accept(bea.Rotate(bea.Devices[1]));
        var rotated = bea.Copy().Accept(bea.Rotate());
        var retired = bea.Copy().Accept(bea.Retire(bea.Devices[1]));
        var retiredThenRevoked = retired.Copy().Accept(retired.Rotate(bea.Devices[1]));
        var device = bea.Copy().Accept(bea.AddDevice());
        Anchored("revocation", revoked, due: true);
        Anchored("rotated-sealing-key", rotated, due: true);
        Anchored("retirement", retired, due: false);
        Anchored("revocation-of-retired", retiredThenRevoked, due: true);
        Anchored("new-device", device, due: false);
        var afterRetirement = group.Copy().Accept(ann, b => b.ReAnchors.Add(group.ReAnchor(retired)));
        book.Group(319, "retired-is-revoked-later", afterRetirement.Copy().Accept(ann, b => b.ReAnchors.Add(afterRetirement.ReAnchor(retiredThenRevoked)))
            .Then(ann, b => b.Puts.Add(Parts.Put("two", 1))));
        book.Group(319, "own-re-anchor-in-same-commit", group.Then(bea, b =>
        {
            b.ReAnchors.Add(group.ReAnchor(revoked));
            b.AuthorHead = revoked.State.Head.ToAccountHead();
            b.Puts.Add(Parts.Put("two", 1));
        }));
        book.LegalGroup(319, "due-outlives-other-commits", left.Copy().Accept(ann, b => b.Roles.Add(Parts.Role(bea, Role.Viewer))).Commits);
        book.Group(319, "add-does-not-rotate", left.Copy().Accept(ann, b => b.Adds.Add(Parts.Add(cem, Role.Viewer))).Then(ann, b => b.Puts.Add(Parts.Put("two", 1))));

        void Anchored(string what, TestPerson newer, bool due)
        {
            IReadOnlyList<SignedEntry> apart = group.Copy().Accept(ann, b => b.ReAnchors.Add(group.ReAnchor(newer))).Then(ann, b => b.Puts.Add(Parts.Put("two", 1)));
            var together = group.Then(ann, b =>
            {
                b.ReAnchors.Add(group.ReAnchor(newer));
                b.Puts.Add(Parts.Put("two", 1));
            });
            if (due)
            {
                book.Group(319, $"put-after-{what}", apart);
                book.Group(319, $"put-with-{what}", together);
            }
            else
            {
                book.LegalGroup(319, $"put-after-{what}", apart);
                book.LegalGroup(319, $"put-with-{what}", together);
            }
        }
    }

    private static void Named(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var group = TestGroup.Started(ann).Accept(ann, b => b.Epoch = Parts.Epoch(2, [ann.State], 1));
        (string What, Func<ulong, Action<GroupBody>> Change)[] boxes =
        [
            ("put", epoch => b => b.Puts.Add(Parts.Put("two", epoch))),
            ("note", epoch => b => b.Note = Parts.Boxed(epoch)),
            ("info", epoch => b => b.Info = Parts.Info(epoch)),
            ("open-invite", epoch => b => b.OpenInvites.Add(Parts.Open("x", Role.Viewer, epoch))),
        ];
        foreach (var (what, change) in boxes)
        {
            book.LegalGroup(320, what, group.Then(ann, change(2)));
            book.Group(320, what + "-of-older-epoch", group.Then(ann, change(1)));
            book.Group(320, what + "-of-later-epoch", group.Then(ann, change(3)));
            book.LegalGroup(320, what + "-with-new-epoch", group.Then(ann, b =>
            {
                b.Epoch = group.NextEpoch();
                change(3)(b);
            }));
            book.Group(320, what + "-of-epoch-before-the-new-one", group.Then(ann, b =>
            {
                b.Epoch = group.NextEpoch();
                change(2)(b);
            }));
        }

        book.Group(320, "second-put-of-older-epoch", group.Then(ann, b =>
        {
            var puts = GroupShapeVectors.Ordered(Parts.Put("two", 2), Parts.Put("three", 2));
            puts[1].Epoch = 1;
            b.Puts.Add(puts);
        }));
    }
}
