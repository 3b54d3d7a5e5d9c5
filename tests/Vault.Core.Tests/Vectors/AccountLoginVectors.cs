using Google.Protobuf;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>Ways in, wraps and rotations.</summary>
internal static class AccountLoginVectors
{
    public static void Write(VectorBook book)
    {
        Shapes(book);
        Ways(book);
        Reuse(book);
        Keeps(book);
    }

    private static void Shapes(VectorBook book)
    {
        var short31 = Filler.Bytes("short", 31);
        var long33 = Filler.Bytes("long", 33);
        var bare = TestPerson.OnlyGenesis("ann");
        var ann = TestPerson.Named("ann");
        book.LegalAccount(108, "set-login", bare.Then(bare.SetLogin(withRecovery: true)));
        Login("daily-hash-short", login => login.DailyHash = short31);
        Login("authority-hash-missing", login => login.AuthorityHash = ByteString.Empty);
        Login("way-kind-unspecified", login => login.Ways[0].Kind = WayKind.Unspecified);
        Login("way-kind-unknown", login => login.Ways[0].Kind = (WayKind)3);
        Login("way-kind-negative", login => login.Ways[0].Kind = (WayKind)(-1));
        Login("way-auth-key-long", login => login.Ways[0].AuthKey = long33);
        Login("way-wrap-hash-missing", login => login.Ways[0].WrapHash = ByteString.Empty);
        Login("second-way-wrap-hash-short", login => login.Ways[1].WrapHash = short31);

        book.LegalAccount(108, "rotate", ann.Then(ann.Rotate(ann.Devices[0])));
        Rotate("rotate-revoked-31", r => r.Revoked[0] = short31);
        Rotate("rotate-identity-key-missing", r => r.IdentityKey = ByteString.Empty);
        Rotate("rotate-login-missing", r => r.Login = null);
        Rotate("rotate-login-daily-hash-long", r => r.Login.DailyHash = long33);
        Rotate("rotate-sealing-key-short", r => r.SealingKey = short31);
        book.LegalAccount(108, "replace-wraps", ann.Then(ann.ReplaceWraps()));
        book.Account(108, "replace-wraps-auth-key-short", ann.Then(ann.ReplaceWraps().With(b => b.ReplaceWraps.Ways[0].AuthKey = short31)));

        var many = TestPerson.Named("many-revoked");
        while (many.Devices.Count < 3)
        {
            many.Accept(many.AddDevice());
        }

        book.LegalAccount(112, "revoked-ascending", many.Then(many.Rotate([.. many.Devices])));
        book.Account(112, "revoked-descending", many.Then(many.Rotate([.. many.Devices]).With(b => Reverse(b.RevokeAndRotate.Revoked))));
        book.Account(112, "revoked-twice-in-one", many.Then(many.Rotate(many.Devices[0]).With(b => b.RevokeAndRotate.Revoked.Add(b.RevokeAndRotate.Revoked[0]))));
        book.LegalAccount(101, "no-device-revoked", many.Then(many.Rotate()));
        book.Account(101, "65-revoked", many.Then(many.Rotate().With(b =>
            b.RevokeAndRotate.Revoked.Add(Enumerable.Range(0, 65).Select(i => Filler.Hash($"device/{i}")).OrderBy(h => Convert.ToHexString(h.Span), StringComparer.Ordinal)))));

        void Login(string sin, Action<SetLogin> change) =>
            book.Account(108, "login-" + sin, bare.Then(bare.SetLogin(withRecovery: true).With(b => change(b.SetLogin))));
        void Rotate(string sin, Action<RevokeAndRotate> change) =>
            book.Account(108, sin, ann.Then(ann.Rotate(ann.Devices[0]).With(b => change(b.RevokeAndRotate))));
    }

    private static void Ways(VectorBook book)
    {
        var bare = TestPerson.OnlyGenesis("ann");
        var ann = TestPerson.Named("ann", withRecovery: true);
        book.LegalAccount(208, "password-only", bare.Then(bare.SetLogin()));
        book.LegalAccount(208, "password-and-recovery", bare.Then(bare.SetLogin(withRecovery: true)));
        book.Account(208, "no-way", bare.Then(bare.SetLogin().With(b => b.SetLogin.Ways.Clear())));
        book.Account(208, "recovery-only", bare.Then(bare.SetLogin(true).With(b => b.SetLogin.Ways.RemoveAt(0))));
        book.Account(208, "recovery-first", bare.Then(bare.SetLogin(true).With(b => Reverse(b.SetLogin.Ways))));
        book.Account(208, "password-twice", bare.Then(bare.SetLogin(true).With(b => b.SetLogin.Ways[1].Kind = WayKind.Password)));
        book.Account(208, "three-ways", bare.Then(bare.SetLogin(true).With(b => b.SetLogin.Ways.Add(b.SetLogin.Ways[1]))));
        book.Account(208, "rotate-recovery-only", ann.Then(ann.Rotate(true).With(b => b.RevokeAndRotate.Login.Ways.RemoveAt(0))));
        book.Account(208, "replace-without-password", ann.Then(ann.ReplaceWraps(true).With(b => b.ReplaceWraps.Ways.RemoveAt(0))));
        book.LegalAccount(208, "recovery-dropped", ann.Then(ann.ReplaceWraps().With(b => b.ReplaceWraps.Ways[0] = ann.State.Login!.Ways[0]).SignedBy(ann.Identity)));
        book.LegalAccount(208, "same-keys-new-wrap", ann.Then(Unchanged().With(b => b.ReplaceWraps.Ways[0].WrapHash = Filler.Hash("new wrap"))));
        book.Account(208, "replace-unchanged", ann.Then(Unchanged()));

        AccountDraft Unchanged() => ann.ReplaceWraps(true).With(b =>
        {
            b.ReplaceWraps.Ways.Clear();
            b.ReplaceWraps.Ways.Add(ann.State.Login!.Ways.Select(way => way.Clone()));
        }).SignedBy(ann.Identity);
    }

    private static void Reuse(VectorBook book)
    {
        var bare = TestPerson.OnlyGenesis("ann");
        var ann = TestPerson.Named("ann", withRecovery: true);
        var device = TestKey.Of(ann.Devices[0]);
        book.LegalAccount(206, "login-with-fresh-keys", ann.Entries);
        book.Account(206, "auth-key-is-device-key", bare.Then(Signed(bare.SetLogin().With(b => b.SetLogin.Ways[0].AuthKey = device.Public), b => b.SetLogin.Ways)));
        book.Account(206, "auth-key-is-identity", bare.Then(Signed(bare.SetLogin().With(b => b.SetLogin.Ways[0].AuthKey = bare.Identity.Public), b => b.SetLogin.Ways)));
        book.Account(206, "one-auth-key-for-both-ways", bare.Then(Signed(bare.SetLogin(true).With(b => b.SetLogin.Ways[1].AuthKey = b.SetLogin.Ways[0].AuthKey), b => b.SetLogin.Ways)));

        book.LegalAccount(206, "rotate-with-fresh-keys", ann.Then(ann.Rotate(true)));
        book.Account(206, "rotate-keeps-identity", ann.Then(ann.Rotate().With(b => b.RevokeAndRotate.IdentityKey = ann.State.IdentityKey)
            .SignedBy([ann.Identity, ann.Identity, .. ann.Rotate().Signers.Skip(2)])));
        book.Account(206, "rotate-keeps-sealing-key", ann.Then(ann.Rotate().With(b => b.RevokeAndRotate.SealingKey = ann.State.SealingKey)));
        book.Account(206, "rotate-identity-is-new-auth-key", ann.Then(RotateSigned(r => r.Login.Ways[0].AuthKey = r.IdentityKey)));
        book.Account(206, "rotate-identity-is-device-key", ann.Then(RotateSigned(r => r.IdentityKey = device.Public)));
        var twice = ann.Copy().Accept(ann.Rotate(true));
        book.Account(206, "rotate-to-first-sealing-key", twice.Then(twice.Rotate().With(b => b.RevokeAndRotate.SealingKey = ann.State.SealingKey)));
        book.Account(206, "rotate-to-first-identity", twice.Then(Resigned(twice, twice.Rotate().With(b => b.RevokeAndRotate.IdentityKey = ann.State.IdentityKey))));
        book.Account(206, "rotate-to-first-auth-key", twice.Then(Resigned(twice, twice.Rotate().With(b => b.RevokeAndRotate.Login.Ways[0].AuthKey = ann.State.Login!.Ways[0].AuthKey))));

        var changed = ann.Copy().Accept(ann.ReplaceWraps(true));
        book.LegalAccount(206, "new-password", changed.Entries);
        book.Account(206, "old-password-comes-back", changed.Then(Signed(changed.ReplaceWraps(true).With(b => b.ReplaceWraps.Ways[0].AuthKey = ann.State.Login!.Ways[0].AuthKey), b => [b.ReplaceWraps.Ways[0]])));
        book.Account(206, "replace-swaps-kinds", ann.Then(ann.ReplaceWraps(true).With(b =>
        {
            var ways = ann.State.Login!.Ways;
            b.ReplaceWraps.Ways[0].AuthKey = ways[1].AuthKey;
            b.ReplaceWraps.Ways[1] = ways[1].Clone();
            b.ReplaceWraps.Ways[1].AuthKey = ways[0].AuthKey;
        }).SignedBy(ann.Identity)));
        book.Account(206, "replace-one-new-key-for-both-ways", ann.Then(Signed(
            ann.ReplaceWraps(true).With(b => b.ReplaceWraps.Ways[1] = new Way(b.ReplaceWraps.Ways[1]) { AuthKey = b.ReplaceWraps.Ways[0].AuthKey }),
            b => b.ReplaceWraps.Ways)));
        book.Account(206, "replace-auth-key-is-sync-key", ann.Then(Signed(ann.ReplaceWraps(true).With(b => b.ReplaceWraps.Ways[0].AuthKey = ann.State.Devices[ann.Devices[0]].SyncKey), b => [b.ReplaceWraps.Ways[0]])));

        AccountDraft RotateSigned(Action<RevokeAndRotate> change) => Resigned(ann, ann.Rotate().With(b => change(b.RevokeAndRotate)));
    }

    private static AccountDraft Resigned(TestPerson person, AccountDraft draft) => draft.SignedBy(
        [person.Identity, TestKey.Of(draft.Body.RevokeAndRotate.IdentityKey), .. TestPerson.AuthKeys(draft.Body.RevokeAndRotate.Login.Ways)]);

    private static AccountDraft Signed(AccountDraft draft, Func<AccountBody, IEnumerable<Way>> brings) =>
        draft.SignedBy([draft.Signers[0], .. TestPerson.AuthKeys(brings(draft.Body))]);

    private static void Keeps(VectorBook book)
    {
        var ann = TestPerson.Named("ann", withRecovery: true);
        var login = ann.State.Login!;
        book.LegalAccount(210, "all-new", ann.Then(ann.Rotate(true, ann.Devices[0])));
        Keep("keeps-daily", r => r.Login.DailyHash = login.DailyHash);
        Keep("keeps-authority", r => r.Login.AuthorityHash = login.AuthorityHash);
        Keep("keeps-password-wrap", r => r.Login.Ways[0].WrapHash = login.Ways[0].WrapHash);
        Keep("keeps-recovery-wrap", r => r.Login.Ways[1].WrapHash = login.Ways[1].WrapHash);
        Keep("password-wrap-is-old-recovery-wrap", r => r.Login.Ways[0].WrapHash = login.Ways[1].WrapHash);
        Keep("daily-is-old-authority", r => r.Login.DailyHash = login.AuthorityHash);
        Keep("authority-is-old-daily", r => r.Login.AuthorityHash = login.DailyHash);
        Keep("daily-is-old-wrap", r => r.Login.DailyHash = login.Ways[1].WrapHash);
        Keep("authority-is-old-wrap", r => r.Login.AuthorityHash = login.Ways[0].WrapHash);
        Keep("wrap-is-old-daily", r => r.Login.Ways[0].WrapHash = login.DailyHash);
        Keep("wrap-is-old-authority", r => r.Login.Ways[1].WrapHash = login.AuthorityHash);
        Keep("keeps-password-auth-key", r => r.Login.Ways[0].AuthKey = login.Ways[0].AuthKey);
        Keep("keeps-recovery-auth-key", r => r.Login.Ways[1].AuthKey = login.Ways[1].AuthKey);
        Keep("password-auth-key-is-old-recovery-auth-key", r => r.Login.Ways[0].AuthKey = login.Ways[1].AuthKey);

        void Keep(string sin, Action<RevokeAndRotate> change) =>
            book.Account(210, sin, ann.Then(Resigned(ann, ann.Rotate(true).With(b => change(b.RevokeAndRotate)))));
    }

    private static void Reverse<T>(Google.Protobuf.Collections.RepeatedField<T> list)
    {
        var reversed = list.Reverse().ToArray();
        list.Clear();
        list.Add(reversed);
    }
}
