using Google.Protobuf;
using Vault.Crypto.Codes;
using Vault.Protocol.V1;

namespace Vault.Crypto.Tests;

public sealed class LinkChannelTests
{
    private static readonly byte[] Code = Enumerable.Range(0, LinkChannel.TypedCodeSize).Select(i => (byte)i).ToArray();
    private readonly SeededRandom _random = new(7);

    [Fact]
    public void Four_messages_go_back_and_forth_and_no_fifth()
    {
        using var old = new LinkChannel(Code);
        using var fresh = new LinkChannel(Code);
        Assert.Equal(old.Mailbox(), fresh.Mailbox());
        foreach (var message in Messages())
        {
            var (from, to) = message.StepCase is LinkMessage.StepOneofCase.Hello or LinkMessage.StepOneofCase.Consent ? (fresh, old) : (old, fresh);
            Assert.Equal(message, to.Open(from.Seal(message, _random)));
        }

        Assert.Throws<InvalidOperationException>(() => old.Seal(Messages()[0], _random));
        Assert.Null(old.Open(new byte[1_000]));
    }

    [Fact]
    public void A_reflected_message_does_not_open()
    {
        using var fresh = new LinkChannel(Code);
        var box = fresh.Seal(Messages()[0], _random);
        Assert.Null(fresh.Open(box));
    }

    [Fact]
    public void A_message_of_another_history_does_not_open()
    {
        using var old = new LinkChannel(Code);
        using var fresh = new LinkChannel(Code);
        using var relay = new LinkChannel(Code);
        var hello = Messages()[0];
        _ = old.Open(fresh.Seal(hello, _random));
        hello.Hello.Nonce = ByteString.CopyFrom(new byte[32]);
        _ = relay.Seal(hello, _random);
        Assert.Null(fresh.Open(relay.Seal(Messages()[1], _random)));
    }

    [Fact]
    public void A_message_out_of_its_step_is_refused_on_both_sides()
    {
        using var fresh = new LinkChannel(Code);
        Assert.Throws<InvalidOperationException>(() => fresh.Seal(Messages()[1], _random));
    }

    [Fact]
    public void Another_code_has_another_mailbox_and_opens_nothing()
    {
        using var fresh = new LinkChannel(Code);
        using var other = new LinkChannel([.. Code[1..], 99]);
        Assert.NotEqual(fresh.Mailbox(), other.Mailbox());
        Assert.Null(other.Open(fresh.Seal(Messages()[0], _random)));
        Assert.Throws<ArgumentException>(() => new LinkChannel(new byte[17]));
    }

    private static LinkMessage[] Messages() =>
    [
        new() { Hello = new LinkHello { SigningKey = Filled(1), SyncKey = Filled(2), Nonce = Filled(3) } },
        new() { Draft = new LinkDraft { Account = Filled(4), DraftBody = Filled(5) } },
        new() { Consent = new LinkConsent { SigningSignature = Filled(6), SyncSignature = Filled(7) } },
        new() { Welcome = new LinkWelcome { SecretKey = Filled(8) } },
    ];

    private static ByteString Filled(byte value) => ByteString.CopyFrom(Enumerable.Repeat(value, 32).ToArray());
}
