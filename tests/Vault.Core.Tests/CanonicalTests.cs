using Google.Protobuf;
using Vault.Core.Tests.Kit;
using Vault.Core.Tests.Vectors;
using Vault.Protocol.V1;

namespace Vault.Core.Tests;

public sealed class CanonicalTests
{
    private static readonly ByteString s_bytes = TestPerson.Named("ann").AddDevice().Body.ToByteString();

    [Fact]
    public void The_one_encoding_parses() => Assert.True(Parses(s_bytes));

    [Fact]
    public void No_bytes_are_the_message_of_defaults() => Assert.True(Parses(ByteString.Empty));

    [Fact]
    public void Unknown_fields_are_refused() => Assert.False(Parses(Wire.UnknownField(s_bytes)));

    [Fact]
    public void Fields_out_of_order_are_refused() => Assert.False(Parses(Wire.VersionLast(s_bytes)));

    [Fact]
    public void Repeated_single_fields_are_refused() => Assert.False(Parses(Wire.VersionTwice(s_bytes)));

    [Fact]
    public void Long_varints_are_refused() => Assert.False(Parses(Wire.LongVersion(s_bytes)));

    [Fact]
    public void Defaults_spelled_out_are_refused() => Assert.False(Parses(Wire.ExplicitDefault(ByteString.CopyFrom(0x08, 0x01), 0x18)));

    [Fact]
    public void Every_cut_is_refused_or_is_another_message()
    {
        for (var length = 0; length < s_bytes.Length; length++)
        {
            var cut = ByteString.CopyFrom(s_bytes.Span[..length]);
            Assert.True(!Canonical.TryParse(AccountBody.Parser, cut, out var message) || message.ToByteString() == cut);
        }
    }

    [Fact]
    public void An_empty_message_inside_is_written_and_differs_from_none()
    {
        var with = new GroupBody { Version = 1, Leave = new LeaveGroup() }.ToByteString();
        Assert.True(Canonical.TryParse(GroupBody.Parser, with, out var message));
        Assert.NotNull(message.Leave);
        Assert.NotEqual(with, new GroupBody { Version = 1 }.ToByteString());
    }

    private static bool Parses(ByteString bytes) => Canonical.TryParse<AccountBody>(AccountBody.Parser, bytes, out _);
}
