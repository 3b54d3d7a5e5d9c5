using System.Buffers.Binary;
using Vault.Core;

namespace Vault.Crypto.Tests;

public class GroupKeyTests
{
    private static readonly byte[] Group = new SeededRandom(60).Bytes(32);
    private static readonly byte[] Recipient = new SeededRandom(61).Bytes(32);
    private static readonly byte[] Author = new SeededRandom(62).Bytes(32);

    private readonly GroupKey _key = GroupKey.Create(new SeededRandom(63));
    private readonly SealingKey _sealingKey = SealingKey.Create(new SeededRandom(64));

    [Fact]
    public void The_commitment_binds_group_epoch_and_key()
    {
        var commitment = _key.Commitment(Group, 5);
        Assert.Equal(TaggedHash.Of(Purpose.HashGroupKey, Group, [0, 0, 0, 0, 0, 0, 0, 5], _key.Bytes), commitment);
        Assert.True(_key.Matches(Group, 5, commitment));
        Assert.False(_key.Matches(Group, 6, commitment));
        Assert.False(_key.Matches(Recipient, 5, commitment));
        Assert.False(_key.Matches(Group, 5, commitment.AsSpan(1)));
    }

    [Fact]
    public void A_sealed_key_opens_for_its_recipient()
    {
        var seal = _key.SealTo(_sealingKey.PublicKey, About(), new SeededRandom(65));
        Assert.Equal(GroupKey.SealedSize, seal.Length);
        using var opened = GroupKey.Open(_sealingKey, About(), seal);
        Assert.Equal(_key.Bytes, opened!.Bytes);
    }

    [Fact]
    public void A_seal_is_bound_to_group_epoch_recipient_key_and_author_as_written()
    {
        var seal = _key.SealTo(_sealingKey.PublicKey, About(), new SeededRandom(66));
        Assert.Null(GroupKey.Open(_sealingKey, new GroupKeySeal(Author, 7, Recipient, Author), seal));
        Assert.Null(GroupKey.Open(_sealingKey, new GroupKeySeal(Group, 8, Recipient, Author), seal));
        Assert.Null(GroupKey.Open(_sealingKey, new GroupKeySeal(Group, 7, Author, Author), seal));
        Assert.Null(GroupKey.Open(_sealingKey, new GroupKeySeal(Group, 7, Recipient, Recipient), seal));
        using var other = SealingKey.Create(new SeededRandom(67));
        Assert.Null(GroupKey.Open(other, About(), seal));

        // The info of FORMAT.md, spelled out.
        var tag = Purpose.SealGroupKey.Bytes;
        var epoch = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(epoch, 7);
        byte[] info = [];
        foreach (var part in new[] { tag.ToArray(), Group, epoch, Recipient, SealingKey.IdOf(_sealingKey.PublicKey), Author })
        {
            info = [.. info, 0, 0, 0, (byte)part.Length, .. part];
        }

        Assert.True(_sealingKey.TryOpen(info, seal, out _));
    }

    [Fact]
    public void A_seal_of_something_that_is_no_key_is_refused()
    {
        var about = About();
        var seal = Hpke.Seal(_sealingKey.PublicKey, about.Info(_sealingKey.KeyId), [], new byte[33], new SeededRandom(68));
        Assert.Null(GroupKey.Open(_sealingKey, about, seal));
        Assert.Null(GroupKey.Open(_sealingKey, about, []));
    }

    [Fact]
    public void An_older_key_unwraps_under_the_newer_in_its_place_only()
    {
        using var older = GroupKey.Create(new SeededRandom(69));
        var wrap = _key.Wrap(older, Group, 3, 7, new SeededRandom(70));
        Assert.Equal(GroupKey.WrapSize, wrap.Length);
        using var opened = _key.Unwrap(wrap, Group, 3, 7);
        Assert.Equal(older.Bytes, opened!.Bytes);
        Assert.Null(_key.Unwrap(wrap, Group, 7, 3));
        Assert.Null(_key.Unwrap(wrap, Group, 2, 7));
        Assert.Null(_key.Unwrap(wrap, Author, 3, 7));
        Assert.Null(older.Unwrap(wrap, Group, 3, 7));
        Assert.Null(_key.Unwrap(wrap.AsSpan(1), Group, 3, 7));
    }

    [Fact]
    public void Secrets_print_nothing_and_die_when_disposed()
    {
        Assert.Equal("GroupKey(redacted)", _key.ToString());
        Assert.Equal("SealingKey(redacted)", _sealingKey.ToString());
        var secret = SecretBytes.CopyOf("secret"u8);
        Assert.Equal("SecretBytes(redacted)", $"{secret}");
        var view = secret.Bytes;
        secret.Dispose();
        Assert.True(view.SequenceEqual(new byte[6]));
        Assert.Throws<ObjectDisposedException>(() => secret.Bytes.Length);
    }

    private static GroupKeySeal About() => new(Group, 7, Recipient, Author);
}
