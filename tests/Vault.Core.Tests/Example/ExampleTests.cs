using Google.Protobuf;
using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Tests.Vectors;
using Vault.Crypto;
using Vault.Crypto.Items;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Example;

/// <summary>The committed example, opened from its bytes and seeds alone.</summary>
public sealed class ExampleTests
{
    private const string FileName = "example.json";

    [Fact]
    public void The_committed_example_is_what_the_product_makes()
    {
        var made = Example.Make().ToJson();
        if (VectorFiles.Rewriting)
        {
            VectorFiles.Write(FileName, made);
        }

        Assert.Equal(made, VectorFiles.Text(FileName));
    }

    [Fact]
    public void Its_chains_verify_to_the_ids_and_states_it_names()
    {
        var example = Read();
        for (var n = 1; n <= example.Account.Entries.Count; n++)
        {
            var account = AccountRules.Verify(Entries(example.Account.Entries.Take(n))).Value;
            Assert.Equal(example.Account.Id, account.Id.ToString());
            Assert.Equal(example.Account.Entries[n - 1].Id, account.Head.Id.ToString());
            Assert.Equal(example.Account.Entries[n - 1].State, account.StateHash().ToString());
        }

        for (var n = 1; n <= example.Group.Commits.Count; n++)
        {
            var group = GroupRules.Verify(Entries(example.Group.Commits.Take(n))).Value;
            Assert.Equal(example.Group.Id, group.Id.ToString());
            Assert.Equal(example.Group.Commits[n - 1].Id, group.Head.Id.ToString());
            Assert.Equal(example.Group.Commits[n - 1].State, group.StateHash().ToString());
        }
    }

    [Fact]
    public void Its_seeds_are_those_of_the_certified_keys()
    {
        var example = Read();
        var account = AccountRules.Verify(Entries(example.Account.Entries)).Value;
        var device = Assert.Single(account.Devices.Values);
        Assert.Equal(example.Account.DeviceId, device.Id.ToString());
        Matches(example.Account.IdentitySeed, account.IdentityKey);
        Matches(example.Account.SigningSeed, device.SigningKey);
        Matches(example.Account.SyncSeed, device.SyncKey);
        Matches(example.Account.AuthSeed, account.Login!.Ways[0].AuthKey);
        using var sealing = SealingKey.FromSeed(Bytes(example.Account.SealingSeed));
        Assert.True(sealing.Matches(account.SealingKey.Span));
        Assert.Equal(example.Account.SealingKeyId, account.SealingKeyId.ToString());

        static void Matches(string seed, ByteString publicKey)
        {
            using var key = SigningKey.FromSeed(Bytes(seed));
            Assert.True(key.Matches(publicKey.Span));
        }
    }

    [Fact]
    public void Its_group_key_opens_from_the_seal_and_opens_every_box()
    {
        var example = Read();
        var group = GroupRules.Verify(Entries(example.Group.Commits)).Value;
        var founding = GroupBody.Parser.ParseFrom(Bytes(example.Group.Commits[1].Body));
        var (id, account) = (group.Id.ToArray(), Bytes(example.Account.Id));
        using var sealing = SealingKey.FromSeed(Bytes(example.Account.SealingSeed));
        using var key = GroupKey.Open(sealing, new GroupKeySeal(id, 1, account, account), founding.Epoch.Seals[0].Sealed.Span);
        Assert.Equal(Bytes(example.Group.Key), key!.Bytes);
        Assert.True(key.Matches(id, 1, group.Epochs[1].Commitment.Span));

        Assert.Equal(Bytes(example.Info.Box), group.Info!.Box.ToByteArray());
        Assert.Equal(Bytes(example.Note.Box), founding.Note.Box.ToByteArray());
        Assert.Equal("Home", Open(example.Info, BoxContext.For(Purpose.BoxGroupInfo, id, 1UL), GroupInfoPlain.Parser).Name);
        Assert.Equal("Ann", Open(example.Note, BoxContext.For(Purpose.BoxNote, id, 1UL), Note.Parser).Names[0].Name);

        var live = Assert.Single(group.Items.Values);
        Assert.Equal((example.Item.Id, example.Item.BlobHash), (live.Id.ToString(), live.BlobHash.ToString()));
        Assert.Equal(live.BlobHash, BlobHashes.Of(Bytes(example.Item.Box)));
        var item = ItemBox.Open(key, group.Id, live.Id, live.Epoch, Bytes(example.Item.Box));
        Assert.Equal(Item.Parser.ParseFrom(Bytes(example.Item.Plaintext)), item);
        Assert.True(Padding.TryUnpad(Bytes(example.Item.Padded), out var unpadded));
        Assert.Equal(Bytes(example.Item.Plaintext), unpadded);

        T Open<T>(ExampleBox box, BoxContext context, MessageParser<T> parser)
            where T : class, IMessage<T>
        {
            var opened = PaddedBox.Open(key.Bytes, context, Bytes(box.Box), parser);
            Assert.Equal(parser.ParseFrom(Bytes(box.Plaintext)), opened);
            return opened!;
        }
    }

    private static Example Read() => Example.Parse(VectorFiles.Text(FileName));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static List<SignedEntry> Entries(IEnumerable<ExampleEntry> entries) =>
        [.. entries.Select(entry => new VectorEntry(entry.Body, entry.Signatures).Read())];
}
