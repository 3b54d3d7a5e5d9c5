using CsCheck;
using Google.Protobuf;
using Vault.Core.Ids;
using Vault.Core.Tests.Kit;

namespace Vault.Core.Tests;

public sealed class ChangeTokenTests
{
    private static readonly ChangeToken s_token = Token("group", 7, "commit");

    [Fact]
    public void A_token_is_73_bytes_and_reads_back()
    {
        Assert.Equal(Limits.ChangeTokenBytes, s_token.ToByteString().Length);
        Assert.True(ChangeToken.TryParse(s_token.ToByteString(), out var read));
        Assert.Equal(s_token, read);
    }

    [Fact]
    public void Its_bytes_are_those_of_the_format()
    {
        byte[] expected = [1, .. Filler.Hash("group").Span, 0, 0, 0, 0, 0, 0, 0, 7, .. Filler.Hash("commit").Span];
        Assert.Equal(expected, s_token.ToByteString().ToByteArray());
    }

    [Fact]
    public void Every_other_length_is_no_token()
    {
        var bytes = s_token.ToByteString().ToByteArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(ChangeToken.TryParse(ByteString.CopyFrom(bytes.AsSpan(0, length)), out _));
        }

        Assert.False(ChangeToken.TryParse(ByteString.CopyFrom([.. bytes, 0]), out _));
        Assert.False(ChangeToken.TryParse(ByteString.CopyFrom(new byte[1 << 20]), out _));
    }

    [Fact]
    public void Another_version_is_no_token()
    {
        var bytes = s_token.ToByteString().ToByteArray();
        foreach (byte version in (byte[])[0, 2, 255])
        {
            bytes[0] = version;
            Assert.False(ChangeToken.TryParse(ByteString.CopyFrom(bytes), out var read));
            Assert.Equal(default, read);
        }
    }

    [Fact]
    public void A_foreign_token_reads_as_what_it_is()
    {
        // It cannot be told by itself; whoever reads it compares the group and finds the position or not.
        Assert.True(ChangeToken.TryParse(Token("other group", 7, "commit").ToByteString(), out var read));
        Assert.NotEqual(s_token.Group, read.Group);
    }

    [Fact]
    public void Any_position_goes_round() =>
        Gen.Select(Gen.ULong, Gen.String).Sample(
            (seq, name) => ChangeToken.TryParse(Token(name, seq, name + "/c").ToByteString(), out var read) && read == Token(name, seq, name + "/c"),
            iter: 200,
            threads: 1);

    private static ChangeToken Token(string group, ulong seq, string commit) =>
        new(GroupId.Parse(Filler.Hash(group).Span), new ChainHead(seq, EntryId.Parse(Filler.Hash(commit).Span)));
}
