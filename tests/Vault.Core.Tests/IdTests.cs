using CsCheck;
using Vault.Core.Ids;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests;

public sealed class IdTests
{
    private static readonly Gen<byte[]> s_hash = Gen.Byte.Array[32];

    [Fact]
    public void Hashes_are_ordered_as_their_bytes() =>
        Gen.Select(s_hash, s_hash, Gen.Int[0, 32]).Sample(
            (a, b, common) =>
            {
                a.AsSpan(0, common).CopyTo(b);
                var expected = Math.Sign(a.AsSpan().SequenceCompareTo(b));
                return Math.Sign(Hash32.Parse(a).CompareTo(Hash32.Parse(b))) == expected;
            },
            iter: 2_000,
            threads: 1);

    [Fact]
    public void Items_are_ordered_as_their_bytes() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.Int[0, 16]).Sample(
            (a, b, common) =>
            {
                a.AsSpan(0, common).CopyTo(b);
                return Math.Sign(ItemId.Parse(a).CompareTo(ItemId.Parse(b))) == Math.Sign(a.AsSpan().SequenceCompareTo(b));
            },
            iter: 2_000,
            threads: 1);

    [Fact]
    public void Bytes_go_round_and_equal_bytes_are_equal() =>
        s_hash.Sample(
            bytes => Hash32.Parse(bytes).ToArray().AsSpan().SequenceEqual(bytes)
                && Hash32.Parse(bytes) == Hash32.Parse([.. bytes])
                && Hash32.Parse(bytes).GetHashCode() == Hash32.Parse([.. bytes]).GetHashCode()
                && Hash32.Parse(bytes).ToString() == Convert.ToHexStringLower(bytes),
            iter: 500,
            threads: 1);

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    public void Other_lengths_are_no_ids(int length)
    {
        var bytes = Filler.Bytes("id", length);
        Assert.False(Hash32.TryParse(bytes.Span, out _));
        Assert.False(AccountId.TryParse(bytes, out _));
        Assert.False(GroupId.TryParse(bytes, out _));
        Assert.False(DeviceId.TryParse(bytes, out _));
        Assert.False(EntryId.TryParse(bytes, out _));
        Assert.False(InviteId.TryParse(bytes, out _));
        Assert.False(BlobHash.TryParse(bytes, out _));
        Assert.Throws<ArgumentException>(() => Hash32.Parse(bytes.Span));
        Assert.Equal(length == ItemId.Size, ItemId.TryParse(bytes.Span, out _));
    }

    [Fact]
    public void A_head_needs_an_id_of_32_bytes()
    {
        Assert.False(ChainHead.TryParse((AccountHead?)null, out _));
        Assert.False(ChainHead.TryParse(new AccountHead { Seq = 3 }, out _));
        Assert.False(ChainHead.TryParse(new GroupHead { Id = Filler.Bytes("id", 31) }, out _));
        Assert.True(ChainHead.TryParse(new GroupHead { Seq = 3, Id = Filler.Hash("id") }, out var head));
        Assert.Equal(new GroupHead { Seq = 3, Id = Filler.Hash("id") }, head.ToGroupHead());
    }

    [Fact]
    public void One_key_has_another_id_for_every_use()
    {
        var key = Filler.Hash("key");
        Hash32[] ids = [KeyIds.OfDevice(key.Span).Value, KeyIds.OfInvite(key.Span).Value, KeyIds.OfSealingKey(key.Span), BlobHashes.Of(key.Span).Value];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Hashes_tell_parts_apart_however_they_are_cut()
    {
        var whole = TaggedHash.Of(Purpose.HashBlob, "ab"u8, "c"u8);
        Assert.NotEqual(whole, TaggedHash.Of(Purpose.HashBlob, "a"u8, "bc"u8));
        Assert.NotEqual(whole, TaggedHash.Of(Purpose.HashBlob, "abc"u8));
        Assert.NotEqual(whole, TaggedHash.Of(Purpose.HashBlob, "ab"u8, "c"u8, []));
        Assert.NotEqual(whole, TaggedHash.Of(Purpose.HashDevice, "ab"u8, "c"u8));
        Assert.Equal(whole, TaggedHash.OfAll(Purpose.HashBlob, [(byte[])[.. "ab"u8], (byte[])[.. "c"u8]]));
    }
}
