using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>Puts and deletes: each names what it replaces (rules 330 to 332).</summary>
internal static class ItemVectors
{
    public static void Write(VectorBook book)
    {
        var (ann, bea) = (TestPerson.Named("ann"), TestPerson.Named("bea"));
        var group = TestGroup.With(ann, (bea, Role.Editor)).Accept(ann, b => b.Puts.Add(Parts.Put("one", 1)));
        var deleted = group.Copy().Accept(ann, b => b.Deletes.Add(Parts.Delete("one")));
        var edited = group.Copy().Accept(bea, b => b.Puts.Add(Parts.Put("one", 1, "second", Parts.Blob("one"))));

        book.LegalGroup(330, "delete-live", deleted);
        book.Group(330, "put-after-delete", deleted.Then(ann, b => b.Puts.Add(Parts.Put("one", 1, "second", Parts.Blob("one")))));
        book.Group(330, "put-as-new-after-delete", deleted.Then(ann, b => b.Puts.Add(Parts.Put("one", 1, "second"))));
        book.Group(330, "delete-twice", deleted.Then(ann, b => b.Deletes.Add(Parts.Delete("one"))));
        book.Group(330, "delete-and-put-in-one", group.Then(ann, b =>
        {
            b.Deletes.Add(Parts.Delete("one"));
            b.Puts.Add(Parts.Put("one", 1, "second", Parts.Blob("one")));
        }));

        book.LegalGroup(331, "new", group);
        book.LegalGroup(331, "edit", edited);
        book.LegalGroup(331, "edit-by-another-twice", edited.Then(ann, b => b.Puts.Add(Parts.Put("one", 1, "third", Parts.Blob("one", "second")))));
        book.LegalGroup(331, "same-blob-again", group.Then(ann, b => b.Puts.Add(Parts.Put("one", 1, "first", Parts.Blob("one")))));
        Put("new-over-live", group, Parts.Put("one", 1, "second"));
        Put("edit-of-unseen-edit", edited, Parts.Put("one", 1, "third", Parts.Blob("one")));
        Put("edit-of-nothing", group, Parts.Put("two", 1, "second", Parts.Blob("two")));
        Put("edit-of-another-items-blob", group.Copy().Accept(ann, b => b.Puts.Add(Parts.Put("two", 1))), Parts.Put("one", 1, "second", Parts.Blob("two")));
        Put("edit-names-its-own-blob", group, Parts.Put("one", 1, "second", Parts.Blob("one", "second")));
        Put("replayed-put", group, Parts.Put("one", 1));
        book.Group(331, "delete-of-unseen-edit", edited.Then(ann, b => b.Deletes.Add(Parts.Delete("one"))));
        book.LegalGroup(331, "delete-of-seen-edit", edited.Then(ann, b => b.Deletes.Add(Parts.Delete("one", "second"))));
        book.Group(331, "good-put-then-stale-one", edited.Then(ann, b => b.Puts.Add(GroupShapeVectors.Ordered(
            Parts.Put("two", 1), Parts.Put("one", 1, "third", Parts.Blob("one"))))));

        book.LegalGroup(332, "delete-known", deleted);
        book.Group(332, "delete-unknown", group.Then(ann, b => b.Deletes.Add(Parts.Delete("two"))));
        book.Group(332, "delete-one-put-in-same-commit", group.Then(ann, b =>
        {
            b.Deletes.Add(Parts.Delete("two"));
            b.Puts.Add(Parts.Put("two", 1));
        }));

        void Put(string sin, TestGroup at, PutItem put) => book.Group(331, sin, at.Then(ann, b => b.Puts.Add(put)));
    }
}
