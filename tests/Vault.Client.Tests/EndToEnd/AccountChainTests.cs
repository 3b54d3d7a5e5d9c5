using Google.Protobuf;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>What a relay serves as the own account chain: garbage stops no group, and only two valid entries on one prev are a fork.</summary>
public sealed class AccountChainTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task Garbage_on_the_own_account_chain_stops_no_group_and_is_no_fork() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        var unsigned = new SignedEntry
        {
            Body = new AccountBody { Version = 1, Account = ann.Client.Accounts.WhoAmI().Account.ToByteString(), Seq = 99, Prev = Hash32.Zero.ToByteString() }.ToByteString(),
            Signatures = { ByteString.CopyFrom(new byte[64]) },
        };
        liar.Lie = answer =>
        {
            if (answer is HeadsResponse heads)
            {
                heads.AccountHead.Seq += 5;
            }

            (answer as PullAccountResponse)?.Entries.Add(unsigned);
        };
        var added = ann.Client.Items.Add(Personal(ann), Login("saved"));
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, Soon)).State);
        Assert.Equal(FaultCode.WrongSeq, ann.Client.Sync.Connection().Fault?.Code);

        liar.Lie = null;
        await ann.Client.Sync.SyncAsync();
        Assert.Null(ann.Client.Sync.Connection().Fault);
    });

    [Fact]
    public Task Two_valid_entries_on_one_prev_are_a_fork_and_a_badly_signed_one_is_none() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        await using var tablet = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        using var rogue = await RogueDevice.TakeAsync(phone);
        var theirs = rogue.Retirement();
        await tablet.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await ann.Client.Sync.SyncAsync();
        var seq = SeqOf(theirs);
        Assert.Equal(3, ann.Client.Accounts.Devices().Count);

        var served = theirs.Clone();
        served.Signatures[0] = ByteString.CopyFrom(new byte[64]);
        liar.Lie = Serve;
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FaultCode.BadSignature, ann.Client.Sync.Connection().Fault?.Code);
        liar.Lie = null;
        await ann.Client.Sync.SyncAsync();
        Assert.Null(ann.Client.Sync.Connection().Fault);

        served = theirs;
        liar.Lie = Serve;
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FaultCode.AccountForked, ann.Client.Sync.Connection().Fault?.Code);
        Assert.Equal(seq, ann.Client.Sync.Connection().Fault?.Seq);
        var added = ann.Client.Items.Add(Personal(ann), Login("saved"));
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(added, Soon)).State);

        // The evidence stays, whatever the relay says later; the own branch goes on.
        liar.Lie = null;
        await ann.RestartAsync();
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FaultCode.AccountForked, ann.Client.Sync.Connection().Fault?.Code);
        Assert.Equal(3, ann.Client.Accounts.Devices().Count);

        void Serve(object answer)
        {
            var head = new AccountHead { Seq = seq, Id = EntryIds.OfAccountEntry(EntryId.Parse(AccountBody.Parser.ParseFrom(theirs.Body).Prev.Span), served).ToByteString() };
            if (answer is HeadsResponse heads)
            {
                heads.AccountHead = head;
            }
            else if (answer is PullAccountResponse page)
            {
                page.Head = head;
                if (page.Entries.Count > (int)seq)
                {
                    page.Entries[(int)seq] = served;
                }
            }
        }
    });

    [Fact]
    public Task A_chain_that_is_longer_than_any_is_read_no_further_than_one_can_be() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        var body = new AccountBody { Version = 1, Account = ann.Client.Accounts.WhoAmI().Account.ToByteString(), Seq = 99, Prev = Hash32.Zero.ToByteString() };
        var (asked, isEndless) = (0, true);
        liar.Saw = request => asked += request is PullAccountRequest ? 1 : 0;
        liar.Lie = answer =>
        {
            if (isEndless && answer is HeadsResponse heads)
            {
                heads.AccountHead.Seq += 5;
            }
            else if (isEndless && answer is PullAccountResponse page)
            {
                page.Entries.Clear();
                page.Entries.Add(new SignedEntry { Body = body.ToByteString(), Signatures = { ByteString.CopyFrom(new byte[512 << 10]) } });
                page.More = asked < 64;
            }
        };
        await ann.Client.Sync.SyncAsync();
        Assert.NotNull(ann.Client.Sync.Connection().Fault);
        Assert.InRange(asked, 2, 32);

        isEndless = false;
        await ann.Client.Sync.SyncAsync();
        Assert.Null(ann.Client.Sync.Connection().Fault);
    });

    private static ulong SeqOf(SignedEntry entry) => AccountBody.Parser.ParseFrom(entry.Body).Seq;
}
