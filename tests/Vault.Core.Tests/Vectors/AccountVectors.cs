using Google.Protobuf;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Vectors;

/// <summary>Genesis, devices, authors and limits of the account chain.</summary>
internal static class AccountVectors
{
    public static void Write(VectorBook book)
    {
        Placement(book);
        Shapes(book);
        Authors(book);
        Signatures(book);
        Devices(book);
        Limits_(book);
    }

    private static void Placement(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        book.LegalAccount(201, "genesis-and-login", ann.Entries);
        book.Account(201, "starts-with-login", [TestPerson.OnlyGenesis("ann").SetLogin().With(At0).Sign()]);
        book.Account(201, "second-genesis", ann.Then(Genesis(ann)));
        book.Account(201, "genesis-at-1", TestPerson.OnlyGenesis("ann").Then(Genesis(TestPerson.OnlyGenesis("ann"))));
        book.LegalAccount(202, "login-at-1", ann.Entries);
        book.Account(202, "device-at-1", TestPerson.OnlyGenesis("ann").Then(TestPerson.OnlyGenesis("ann").AddDevice()));
        book.Account(202, "retire-at-1", TestPerson.OnlyGenesis("ann").Then(TestPerson.OnlyGenesis("ann").Retire(ann.Devices[0])));
        book.Account(202, "second-login", ann.Then(ann.SetLogin()));

        static void At0(AccountBody body)
        {
            body.Account = ByteString.Empty;
            body.Seq = 0;
            body.Prev = ByteString.CopyFrom(new byte[32]);
        }
    }

    private static AccountDraft Genesis(TestPerson person)
    {
        var draft = TestPerson.Genesis("ann-again");
        var body = person.Body();
        body.Genesis = draft.Body.Genesis;
        return new AccountDraft(body, draft.Signers);
    }

    private static void Shapes(VectorBook book)
    {
        var short31 = Filler.Bytes("short", 31);
        var long33 = Filler.Bytes("long", 33);
        book.LegalAccount(108, "genesis", [TestPerson.Genesis("ann").Sign()]);
        GenesisSin("genesis-identity-key-short", g => g.IdentityKey = short31);
        GenesisSin("genesis-identity-key-long", g => g.IdentityKey = long33);
        GenesisSin("genesis-random-missing", g => g.Random = ByteString.Empty);
        GenesisSin("genesis-random-long", g => g.Random = long33);
        GenesisSin("genesis-device-missing", g => g.Device = null);
        GenesisSin("genesis-signing-key-short", g => g.Device.SigningKey = short31);
        GenesisSin("genesis-sync-key-missing", g => g.Device.SyncKey = ByteString.Empty);
        GenesisSin("genesis-sealing-key-short", g => g.SealingKey = ByteString.CopyFrom(g.SealingKey.Span[..1215]));
        GenesisSin("genesis-sealing-key-long", g => g.SealingKey = Wire.Append(g.SealingKey, 0));
        GenesisSin("genesis-sealing-key-missing", g => g.SealingKey = ByteString.Empty);
        book.Account(108, "genesis-author-device-31", [TestPerson.Genesis("ann").With(b => b.AuthorDevice = short31).Sign()]);

        var ann = TestPerson.Named("ann");
        book.LegalAccount(108, "add-device", ann.Then(ann.AddDevice()));
        book.Account(108, "author-device-33", ann.Then(ann.AddDevice().With(b => b.AuthorDevice = long33)));
        book.Account(108, "add-device-missing", ann.Then(ann.AddDevice().With(b => b.AddDevice.Device = null)));
        book.Account(108, "add-device-signing-key-long", ann.Then(ann.AddDevice().With(b => b.AddDevice.Device.SigningKey = long33)));
        book.Account(108, "add-device-sync-key-short", ann.Then(ann.AddDevice().With(b => b.AddDevice.Device.SyncKey = short31)));
        book.LegalAccount(108, "personal-group", ann.Then(ann.SetPersonalGroup("home")));
        book.Account(108, "personal-group-missing", ann.Then(ann.SetPersonalGroup("home").With(b => b.SetPersonalGroup.Group = ByteString.Empty)));
        book.Account(108, "personal-group-31", ann.Then(ann.SetPersonalGroup("home").With(b => b.SetPersonalGroup.Group = short31)));

        book.LegalAccount(111, "retire-is-empty-but-there", ann.Copy().Accept(ann.AddDevice()).Accept(ann.Copy().Accept(ann.AddDevice()).Retire(ann.Devices[0])).Entries);
        book.Account(111, "no-operation", ann.Then(new AccountDraft(ann.Body(), [ann.Identity])));
        book.Account(111, "genesis-without-operation", [TestPerson.Genesis("ann").With(b => b.ClearOperation()).Sign()]);

        book.LegalAccount(207, "genesis", [TestPerson.Genesis("ann").Sign()]);
        var largest = TestSealingKey.Named("ann/0").Public.ToByteArray();
        (largest[0], largest[1]) = (0x00, (byte)((largest[1] & 0xf0) | 0x0d)); // 3,328
        book.LegalAccount(207, "largest-coefficient", [TestPerson.Genesis("ann").With(b => b.Genesis.SealingKey = ByteString.CopyFrom(largest)).Sign()]);
        (largest[0], largest[1]) = (0x01, (byte)((largest[1] & 0xf0) | 0x0d)); // 3,329
        GenesisSin("coefficient-at-modulus", g => g.SealingKey = ByteString.CopyFrom(largest), 207);
        var last = TestSealingKey.Named("ann/0").Public.ToByteArray();
        (last[1150], last[1151]) = ((byte)(last[1150] | 0xf0), 0xff);
        GenesisSin("last-coefficient-4095", g => g.SealingKey = ByteString.CopyFrom(last), 207);
        string[] points =
        [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ];
        foreach (var (i, point) in points.Index())
        {
            GenesisSin($"small-order-point-{i}", g => g.SealingKey = ByteString.CopyFrom([.. g.SealingKey.Span[..1184], .. Convert.FromHexString(point)]), 207);
        }

        book.Account(207, "rotation-to-bad-key", ann.Then(ann.Rotate().With(b => b.RevokeAndRotate.SealingKey = ByteString.CopyFrom(last))));

        void GenesisSin(string sin, Action<AccountGenesis> change, int rule = 108) =>
            book.Account(rule, sin, [TestPerson.Genesis("ann").With(b => change(b.Genesis)).Sign()]);
    }

    private static void Authors(VectorBook book)
    {
        var ann = TestPerson.Named("ann").Accept(TestPerson.Named("ann").AddDevice());
        var (first, second) = (ann.Devices[0], ann.Devices[1]);
        book.LegalAccount(205, "device-retires", ann.Then(ann.Retire(second)));
        book.LegalAccount(205, "device-names-personal-group", ann.Then(ann.SetPersonalGroup("home", second)));
        var home = ann.Copy().Accept(ann.SetPersonalGroup("home"));
        book.LegalAccount(205, "identity-renames-personal-group", home.Then(home.SetPersonalGroup("new home")));
        book.Account(205, "genesis-by-device", [TestPerson.Genesis("ann").With(b => b.AuthorDevice = first.ToByteString()).Sign()]);
        book.Account(205, "identity-retires", ann.Then(ann.Retire(second).With(b => b.AuthorDevice = ByteString.Empty).SignedBy(ann.Identity)));
        book.Account(205, "identity-names-first-personal-group", ann.Then(ann.SetPersonalGroup("home").With(b => b.AuthorDevice = ByteString.Empty).SignedBy(ann.Identity)));
        book.Account(205, "device-renames-personal-group", home.Then(home.SetPersonalGroup("new home", first)));
        book.Account(205, "device-adds-device", ann.Then(ByDevice(ann.AddDevice(), first)));
        book.Account(205, "device-rotates", ann.Then(ByDevice(ann.Rotate(second), first)));
        book.Account(205, "device-replaces-wraps", ann.Then(ByDevice(ann.ReplaceWraps(), first)));
        var bare = TestPerson.OnlyGenesis("ann");
        book.Account(205, "device-sets-login", bare.Then(ByDevice(bare.SetLogin(), first)));

        book.LegalAccount(203, "retire-known", ann.Then(ann.Retire(second)));
        var bea = TestPerson.Named("bea");
        book.Account(203, "retire-another-accounts-device", ann.Then(ann.Retire(bea.Devices[0])));
        book.LegalAccount(203, "revoke-known", ann.Then(ann.Rotate(second)));
        book.Account(203, "revoke-another-accounts-device", ann.Then(ann.Rotate(bea.Devices[0])));
        book.Account(203, "revoke-known-and-unknown", ann.Then(ann.Rotate(first, bea.Devices[0])));

        var retired = ann.Copy().Accept(ann.Retire(second));
        var revoked = ann.Copy().Accept(ann.Rotate(second));
        book.LegalAccount(204, "other-device-goes-on", retired.Then(retired.SetPersonalGroup("home", first)));
        book.Account(204, "retired-device-retires-again", retired.Then(retired.Retire(second)));
        book.Account(204, "retired-device-names-personal-group", retired.Then(retired.SetPersonalGroup("home", second)));
        book.Account(204, "revoked-device-retires", revoked.Then(revoked.Retire(second)));
        book.Account(204, "revoked-device-names-personal-group", revoked.Then(revoked.SetPersonalGroup("home", second)));

        book.LegalAccount(209, "revoke-retired", retired.Then(retired.Rotate(second)));
        book.Account(209, "revoke-twice", revoked.Then(revoked.Rotate(second)));
        book.Account(209, "revoke-new-and-revoked", revoked.Then(revoked.Rotate(first, second)));
        book.LegalAccount(211, "another-group", home.Then(home.SetPersonalGroup("new home")));
        book.Account(211, "same-group", home.Then(home.SetPersonalGroup("home")));

        static AccountDraft ByDevice(AccountDraft draft, Ids.DeviceId device)
        {
            draft.Body.AuthorDevice = device.ToByteString();
            draft.Signers[0] = TestKey.Of(device);
            return draft;
        }
    }

    private static void Signatures(VectorBook book)
    {
        var stranger = TestKey.Named("stranger");
        var bare = TestPerson.OnlyGenesis("ann");
        var ann = TestPerson.Named("ann", withRecovery: true);
        var cases = new (string What, IReadOnlyList<SignedEntry> Before, Func<AccountDraft> Draft)[]
        {
            ("genesis", [], () => TestPerson.Genesis("ann")),
            ("set-login", bare.Entries, () => bare.SetLogin(withRecovery: true)),
            ("add-device", ann.Entries, ann.AddDevice),
            ("rotate", ann.Entries, () => ann.Rotate(true, ann.Devices[0])),
            ("replace-wraps", ann.Entries, () => ann.ReplaceWraps(withRecovery: true)),
            ("retire", ann.Entries, () => ann.Retire(ann.Devices[0])),
            ("personal-group", ann.Entries, () => ann.SetPersonalGroup("home")),
        };
        foreach (var (what, before, draft) in cases)
        {
            var signers = draft().Signers;
            book.LegalAccount(109, what, [.. before, draft().Sign()]);
            if (signers.Count > 1)
            {
                book.Account(109, what + "-last-signature-missing", [.. before, draft().SignedBy([.. signers.SkipLast(1)]).Sign()]);
                book.Account(110, what + "-signatures-swapped", [.. before, draft().SignedBy([signers[1], signers[0], .. signers.Skip(2)]).Sign()]);
            }

            book.Account(109, what + "-signature-too-many", [.. before, draft().SignedBy([.. signers, signers[0]]).Sign()]);
            book.LegalAccount(110, what, [.. before, draft().Sign()]);
            for (var i = 0; i < signers.Count; i++)
            {
                var wrong = signers.ToArray();
                wrong[i] = stranger;
                book.Account(110, $"{what}-signature-{i}-by-stranger", [.. before, draft().SignedBy(wrong).Sign()]);
            }
        }

        var other = draftOtherTag();
        book.Account(110, "signed-as-group-commit", ann.Then(other));
        book.Account(110, "replace-wraps-kept-key-signs-too-little", ann.Then(KeepsPasswordWay().SignedBy(stranger)));
        book.LegalAccount(110, "kept-way-need-not-sign", ann.Then(KeepsPasswordWay()));
        book.Account(109, "kept-way-signs", ann.Then(KeepsPasswordWay().SignedBy(ann.Identity, TestKey.Of(ann.State.Login!.Ways[0].AuthKey))));
        var revoked = ann.Copy().Accept(ann.Rotate());
        book.Account(110, "old-identity-after-rotation", revoked.Then(revoked.AddDevice().With(_ => { }).SignedBy(
            [ann.Identity, .. revoked.AddDevice().Signers.Skip(1)])));

        SignedEntry draftOtherTag()
        {
            var draft = ann.SetPersonalGroup("home");
            return TestGroup.SignBytes(draft.Body.ToByteString(), draft.Signers[0]);
        }

        AccountDraft KeepsPasswordWay()
        {
            var draft = ann.ReplaceWraps();
            draft.Body.ReplaceWraps.Ways[0] = ann.State.Login!.Ways[0];
            return draft.SignedBy(ann.Identity);
        }
    }

    private static void Devices(VectorBook book)
    {
        var ann = TestPerson.Named("ann");
        var genesis = TestPerson.Genesis("ann");
        book.LegalAccount(206, "fresh-device", ann.Then(ann.AddDevice()));
        var g = genesis.Body.Genesis;
        book.Account(206, "genesis-identity-is-signing-key", [TestPerson.Genesis("ann").With(b => b.Genesis.Device.SigningKey = g.IdentityKey)
            .SignedBy(genesis.Signers[0], genesis.Signers[0], genesis.Signers[2]).Sign()]);
        book.Account(206, "genesis-identity-is-sync-key", [TestPerson.Genesis("ann").With(b => b.Genesis.Device.SyncKey = g.IdentityKey)
            .SignedBy(genesis.Signers[0], genesis.Signers[1], genesis.Signers[0]).Sign()]);
        book.Account(206, "genesis-signing-is-sync-key", [TestPerson.Genesis("ann").With(b => b.Genesis.Device.SyncKey = g.Device.SigningKey)
            .SignedBy(genesis.Signers[0], genesis.Signers[1], genesis.Signers[1]).Sign()]);
        var (identity, signing, sync) = (genesis.Signers[0], genesis.Signers[1], genesis.Signers[2]);
        var fresh = ann.AddDevice().Signers[2];
        Reuse("device-signing-key-is-identity", identity, fresh);
        Reuse("device-signing-key-stood", signing, fresh);
        Reuse("device-signing-key-was-sync-key", sync, fresh);
        Reuse("device-sync-key-stood", fresh, sync);
        Reuse("device-sync-key-is-auth-key", fresh, TestKey.Of(ann.State.Login!.Ways[0].AuthKey));
        Reuse("device-keys-are-one", fresh, fresh);
        var revoked = ann.Copy().Accept(ann.Rotate(ann.Devices[0]));
        book.Account(206, "revoked-device-comes-again", revoked.Then(Device(revoked, signing, revoked.AddDevice().Signers[2])));

        var many = TestPerson.Named("many");
        for (var i = 1; i < Limits.AccountDevices; i++)
        {
            many.Accept(many.AddDevice());
        }

        book.LegalAccount(213, "64-devices", many.Entries);
        book.Account(213, "65th-device", many.Then(many.AddDevice()));
        book.Account(213, "65th-device-with-used-key", many.Then(Device(many, TestKey.Of(many.Devices[3]), many.AddDevice().Signers[2])));
        var fewer = many.Copy().Accept(many.Rotate(many.Devices[1]));
        book.Account(213, "revoked-devices-count", fewer.Then(fewer.AddDevice()));

        void Reuse(string sin, TestKey signs, TestKey syncs) => book.Account(206, sin, ann.Then(Device(ann, signs, syncs)));
    }

    private static AccountDraft Device(TestPerson person, TestKey signing, TestKey sync) =>
        person.AddDevice()
            .With(b => b.AddDevice.Device = new DeviceKeys { SigningKey = signing.Public, SyncKey = sync.Public })
            .SignedBy(person.Identity, signing, sync);

    private static void Limits_(VectorBook book)
    {
        var full = TestPerson.Named("full");
        full.Accept(full.SetPersonalGroup("0"));
        while (full.Entries.Count < Limits.AccountEntries)
        {
            full.Accept(full.SetPersonalGroup($"{full.Entries.Count}"));
        }

        book.LegalAccount(212, "512-entries", full.Entries);
        book.Account(212, "513-entries", full.Then(full.SetPersonalGroup("more")));

        var heavy = TestPerson.Named("heavy");
        while (Fits(heavy, heavy.Rotate()))
        {
            heavy.Accept(heavy.Rotate());
        }

        book.LegalAccount(212, "bytes", heavy.Entries);
        book.Account(212, "bytes", heavy.Then(heavy.Rotate()));

        static bool Fits(TestPerson person, AccountDraft draft)
        {
            var entry = draft.Sign();
            return person.State.TotalBytes + entry.Body.Length + entry.Signatures.Sum(s => s.Length) <= Limits.AccountBytes;
        }
    }
}
