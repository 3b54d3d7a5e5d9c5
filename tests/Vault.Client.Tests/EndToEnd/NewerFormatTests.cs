using Vault.Client.Sync;
using Vault.Client.Tests.Kit;
using Vault.Core.Chains;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>"Update" is what a validly signed commit says, for as long as the relay shows it; a relay's word says nothing.</summary>
public sealed class NewerFormatTests
{
    [Fact]
    public Task A_relay_that_says_newer_format_and_shows_none_asks_nobody_to_update() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        liar.Lie = answer =>
        {
            if (answer is PullResponse)
            {
                throw Liar.Refusal(FaultCode.NewerFormat);
            }

            // So that a pull is needed.
            if (answer is HeadsResponse heads)
            {
                heads.Heads.Single().Head.Seq++;
            }
        };
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FaultCode.NewerFormat, ann.Client.Sync.Status(Personal(ann)).Fault?.Code);
        Assert.NotEqual(FreshnessState.UpdateNeeded, ann.Client.Sync.Status(Personal(ann)).State);
        await ann.RestartAsync();
        Assert.NotEqual(FreshnessState.UpdateNeeded, ann.Client.Sync.Status(Personal(ann)).State);
    });

    [Fact]
    public Task A_signed_commit_of_a_newer_format_asks_for_an_update_until_the_relays_whole_chain_is_understood() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        var personal = Personal(ann);
        using var rogue = await RogueDevice.TakeAsync(phone);
        await rogue.CommitAsync(personal, draft => draft.OpenKey(startEpoch: true));
        await ann.Client.Sync.SyncAsync();
        var seq = ann.Client.Sync.Status(personal).VerifiedSeq;
        var newer = rogue.Sign(personal, draft => draft.Body.Version = 2);
        var head = new GroupHead { Seq = seq + 1, Id = EntryIds.OfGroupCommit(EntryId.Parse(GroupBody.Parser.ParseFrom(newer.Body).Prev.Span), newer).ToByteString() };
        liar.Lie = answer =>
        {
            if (answer is PullResponse pull)
            {
                pull.Commits.Add(new CommitRecord { Commit = newer });
                pull.Head = head;
            }
            else if (answer is HeadsResponse heads)
            {
                heads.Heads.Single().Head = head;
            }
        };
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(FreshnessState.UpdateNeeded, ann.Client.Sync.Status(personal).State);
        await ann.RestartAsync();
        Assert.Equal(FreshnessState.UpdateNeeded, ann.Client.Sync.Status(personal).State);

        // As it is for a newer version of this program, which reads it.
        liar.Lie = null;
        await ann.Client.Sync.SyncAsync();
        Assert.NotEqual(FreshnessState.UpdateNeeded, ann.Client.Sync.Status(personal).State);
        await ann.RestartAsync();
        Assert.NotEqual(FreshnessState.UpdateNeeded, ann.Client.Sync.Status(personal).State);
    });
}
