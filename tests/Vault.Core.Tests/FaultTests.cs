using Google.Protobuf;
using Google.Protobuf.Reflection;
using Vault.Core.Ids;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;
using WireFault = Vault.Protocol.V1.FaultInfo;

namespace Vault.Core.Tests;

public sealed class FaultTests
{
    private static readonly Fault s_full = new(FaultCode.InnerAccountChain, "adds")
    {
        Chain = Hash32.Parse(Filler.Hash("chain").Span),
        Seq = 12,
        Author = AccountId.Parse(Filler.Hash("author").Span),
        Inner = new Fault(FaultCode.BadSignature, "signature 1") { Chain = Hash32.Parse(Filler.Hash("account").Span), Seq = 0 },
        RetryAfter = TimeSpan.FromMilliseconds(250),
    };

    [Fact]
    public void A_fault_goes_round_by_wire()
    {
        Assert.Equal(s_full, Fault.FromWire(WireFault.Parser.ParseFrom(s_full.ToWire().ToByteString())));
        var bare = new Fault(FaultCode.HeadMoved);
        Assert.Equal(bare, Fault.FromWire(WireFault.Parser.ParseFrom(bare.ToWire().ToByteString())));
    }

    [Fact]
    public void A_number_of_a_newer_relay_is_kept()
    {
        var fault = Fault.FromWire(new WireFault { Code = (FaultCode)599 });
        Assert.Equal("FAULT_599 (599)", fault.ToString());
    }

    [Fact]
    public void A_relay_cannot_send_nests_lengths_or_escapes()
    {
        var deep = new WireFault { Code = FaultCode.BadField, Inner = new WireFault { Inner = new WireFault() } };
        Assert.Null(Fault.FromWire(deep).Inner);
        Assert.Equal("", Fault.FromWire(new WireFault { Detail = new string('x', Limits.FaultDetailBytes + 1) }).Detail);
        foreach (var hostile in (string[])["\u001b[31mVERIFIED", "two\nlines", "bidi\u202e", "a\u0000b", "naïve"])
        {
            Assert.Equal("", Fault.FromWire(new WireFault { Detail = hostile }).Detail);
        }

        Assert.Null(Fault.FromWire(new WireFault { Chain = Filler.Bytes("chain", 31), Author = Filler.Bytes("author", 33) }).Author);
    }

    [Fact]
    public void The_line_names_fault_place_and_author_once() =>
        Assert.Equal(
            $"INNER_ACCOUNT_CHAIN (302) in chain {s_full.Chain.ToString()![..16]} at 12 by {s_full.Author.ToString()![..16]}: adds "
            + $"[BAD_SIGNATURE (110) in chain {s_full.Inner!.Chain.ToString()![..16]} at 0: signature 1]",
            s_full.ToString());

    [Fact]
    public void Every_name_is_the_protos_own()
    {
        var values = FaultReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(FaultCode)).Values;
        Assert.All(values, (EnumValueDescriptor value) => Assert.Equal(value.Name, "FAULT_CODE_" + FaultNames.Of((FaultCode)value.Number)));
        Assert.Equal("FAULT_100", FaultNames.Of((FaultCode)100));
    }
}
