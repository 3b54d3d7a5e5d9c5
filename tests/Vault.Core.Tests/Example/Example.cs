using System.Text.Json;
using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Core.Tests.Kit;
using Vault.Crypto;
using Vault.Crypto.Items;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Example;

/// <summary>The example of FORMAT.md, section 1, with real keys, seals and boxes. All in hex but where a name says otherwise.</summary>
internal sealed record Example(ExampleAccount Account, ExampleGroup Group, ExampleBox Info, ExampleBox Note, ExampleItem Item)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
    };

    public static Example Parse(string json) => JsonSerializer.Deserialize<Example>(json, s_json)!;

    public string ToJson() => JsonSerializer.Serialize(this, s_json) + "\n";

    public static Example Make()
    {
        var random = new SeededRandom("the example");
        var ann = TestPerson.Named("example");
        var genesis = TestGroup.Sign(TestGroup.Genesis(ann));
        var group = TestGroup.FoundedBy(genesis);
        var states = new List<string> { group.State.StateHash().ToString() };
        var id = group.State.Id.ToArray();
        using var key = GroupKey.Create(random);
        var info = new GroupInfoPlain { Name = "Home" };
        var note = new Note { TimeMs = 1_750_000_000_000, Names = { new MemberName { Account = ann.Id.ToByteString(), Name = "Ann" } } };
        var infoBox = PaddedBox.Seal(key.Bytes, BoxContext.For(Purpose.BoxGroupInfo, id, 1UL), info, random);
        var noteBox = PaddedBox.Seal(key.Bytes, BoxContext.For(Purpose.BoxNote, id, 1UL), note, random);
        group.Accept(ann, b =>
        {
            b.Info = new GroupInfo { Info = new Boxed { Epoch = 1, Box = ByteString.CopyFrom(infoBox) } };
            b.Epoch = new Epoch { Number = 1, Commitment = ByteString.CopyFrom(key.Commitment(id, 1)) };
            b.Epoch.Seals.Add(new Seal
            {
                Account = ann.Id.ToByteString(),
                KeyId = ann.State.SealingKeyId.ToByteString(),
                Sealed = ByteString.CopyFrom(key.SealTo(ann.State.SealingKey.Span, new GroupKeySeal(id, 1, ann.Id.ToArray(), ann.Id.ToArray()), random)),
            });
            b.Note = new Boxed { Epoch = 1, Box = ByteString.CopyFrom(noteBox) };
        });
        states.Add(group.State.StateHash().ToString());

        var item = ItemId.Parse(random.Bytes(16).Span);
        var plain = new Item { Version = 1, Type = ItemType.Login, Title = "Router" };
        plain.Fields.Add(new Field { Id = "username", Type = FieldType.Text, Value = "admin" });
        plain.Fields.Add(new Field { Id = "password", Type = FieldType.Concealed, Value = "correct horse battery staple" });
        var blob = ItemBox.Seal(key, group.State.Id, item, 1, plain, random);
        group.Accept(ann, b => b.Puts.Add(new PutItem
        {
            Item = ByteString.CopyFrom(item.ToArray()),
            Epoch = 1,
            BlobHash = BlobHashes.Of(blob).ToByteString(),
            BlobSize = (uint)blob.Length,
            OpId = random.Bytes(16),
        }));
        states.Add(group.State.StateHash().ToString());
        return new Example(
            ExampleAccount.Of(ann),
            new ExampleGroup(Hex(id), Hex(key.Bytes), Entries(group.Commits, EntryIds.OfGroupCommit, states)),
            new ExampleBox(Hex(info.ToByteArray()), Hex(infoBox)),
            new ExampleBox(Hex(note.ToByteArray()), Hex(noteBox)),
            new ExampleItem(item.ToString(), Hex(plain.ToByteArray()), Hex(Padding.Pad(plain.ToByteArray())), Hex(blob), BlobHashes.Of(blob).ToString()));
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public static IReadOnlyList<ExampleEntry> Entries(
        IReadOnlyList<SignedEntry> entries, Func<EntryId, SignedEntry, EntryId> name, IReadOnlyList<string> states)
    {
        var id = new EntryId(Hash32.Zero);
        var result = new List<ExampleEntry>();
        foreach (var (entry, state) in entries.Zip(states))
        {
            id = name(id, entry);
            result.Add(new ExampleEntry(Hex(entry.Body.Span), [.. entry.Signatures.Select(s => Hex(s.Span))], id.ToString(), state));
        }

        return result;
    }
}

/// <summary>An account with its secret seeds, each 32 bytes.</summary>
internal sealed record ExampleAccount(
    string Id,
    string DeviceId,
    string SealingKeyId,
    string IdentitySeed,
    string SigningSeed,
    string SyncSeed,
    string SealingSeed,
    string AuthSeed,
    IReadOnlyList<ExampleEntry> Entries)
{
    public static ExampleAccount Of(TestPerson person)
    {
        var device = person.State.Devices[person.Devices[0]];
        var first = AccountRules.Found(person.Entries[0]).Value;
        return new ExampleAccount(
            person.Id.ToString(),
            device.Id.ToString(),
            person.State.SealingKeyId.ToString(),
            Seed(person.State.IdentityKey),
            Seed(device.SigningKey),
            Seed(device.SyncKey),
            Example.Hex(TestSealingKey.Named($"{person.Name}/0").Seed.Span),
            Seed(person.State.Login!.Ways[0].AuthKey),
            Example.Entries(person.Entries, EntryIds.OfAccountEntry, [first.StateHash().ToString(), person.State.StateHash().ToString()]));
    }

    private static string Seed(ByteString publicKey) => Example.Hex(TestKey.Of(publicKey).Seed.Span);
}

/// <summary>A group and K_1.</summary>
internal sealed record ExampleGroup(string Id, string Key, IReadOnlyList<ExampleEntry> Commits);

/// <summary>An entry, its id, and the hash of the state after it.</summary>
internal sealed record ExampleEntry(string Body, IReadOnlyList<string> Signatures, string Id, string State);

/// <summary>A serialised message and the box of its padding.</summary>
internal sealed record ExampleBox(string Plaintext, string Box);

/// <summary>An item: serialised, padded, boxed, and the blob's name.</summary>
internal sealed record ExampleItem(string Id, string Plaintext, string Padded, string Box, string BlobHash);
