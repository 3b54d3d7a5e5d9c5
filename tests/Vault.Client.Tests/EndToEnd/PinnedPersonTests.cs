using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>What was pinned of a person is the least that a relay must show of them.</summary>
public sealed class PinnedPersonTests
{
    [Fact]
    public Task A_pinned_person_is_not_added_as_they_were_before() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        await using var phone = TestPerson.New();
        var (first, second) = (await ann.Client.Groups.CreateAsync("first"), await ann.Client.Groups.CreateAsync("second"));
        var (here, there) = (await ann.Client.Groups.InviteAsync(first.Id, Role.Editor), await ann.Client.Groups.InviteAsync(second.Id, Role.Editor));
        var (isHeldBack, isOld) = (true, false);
        object? asked = null;
        liar.Saw = request => asked = request is ListJoinsRequest or PullAccountRequest ? request : asked;
        liar.Lie = answer =>
        {
            if (isHeldBack && answer is ListJoinsResponse joins && asked is ListJoinsRequest { Group: var group } && group == second.Id.ToByteString())
            {
                joins.Joins.Clear();
            }
            else if (isOld && answer is PullAccountResponse page && asked is PullAccountRequest { FromSeq: 0 })
            {
                page.Entries.RemoveAt(page.Entries.Count - 1);
            }
        };

        // What Bob signs for the second group stands on his account as it is before his phone comes; Ann pins him after that.
        await bob.Client.Groups.JoinAsync(there.Code);
        await phone.Client.Accounts.LoginAsync(bob.LoginOf(relay.Address));
        await bob.Client.Sync.SyncAsync();
        await bob.Client.Groups.JoinAsync(here.Code);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(2, ann.Client.Groups.Members(first.Id).Count);
        Assert.Single(ann.Client.Groups.Members(second.Id));

        (isHeldBack, isOld) = (false, true);
        await ann.Client.Sync.SyncAsync();
        Assert.Single(ann.Client.Groups.Members(second.Id));
        Assert.Equal(FaultCode.RelayBehind, ann.Client.Sync.Status(second.Id).Fault?.Code);

        isOld = false;
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(2, ann.Client.Groups.Members(second.Id).Count);
    });
}
