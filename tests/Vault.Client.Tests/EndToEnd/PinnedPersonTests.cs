using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>What was pinned of a person is the least that a relay must show of them.</summary>
public sealed class PinnedPersonTests
{
    [Fact]
    public Task A_pinned_person_is_not_added_as_they_were_before() =>
        RefusesAsync(FaultCode.RelayBehind, (entries, _) => entries.RemoveAt(entries.Count - 1));

    [Fact]
    public Task A_pinned_person_is_not_added_by_another_branch_of_their_account() =>
        RefusesAsync(FaultCode.AccountForked, (entries, other) => entries[^1] = other);

    // What Bob signs for the second group stands on his account as it is before his phone and tablet come; Ann pins him after that. The
    // phone's retirement is another valid entry in the place where the tablet's is.
    private static Task RefusesAsync(FaultCode fault, Action<IList<SignedEntry>, SignedEntry> change) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        await using var phone = TestPerson.New();
        await using var tablet = TestPerson.New();
        var (first, second) = (await ann.Client.Groups.CreateAsync("first"), await ann.Client.Groups.CreateAsync("second"));
        var (here, there) = (await ann.Client.Groups.InviteAsync(first.Id, Role.Editor), await ann.Client.Groups.InviteAsync(second.Id, Role.Editor));
        var isHeldBack = true;
        SignedEntry? other = null;
        object? asked = null;
        liar.Saw = request => asked = request is ListJoinsRequest or PullAccountRequest ? request : asked;
        liar.Lie = answer =>
        {
            if (isHeldBack && answer is ListJoinsResponse joins && asked is ListJoinsRequest { Group: var group } && group == second.Id.ToByteString())
            {
                joins.Joins.Clear();
            }
            else if (other is not null && answer is PullAccountResponse page && asked is PullAccountRequest { FromSeq: 0 })
            {
                change(page.Entries, other);
            }
        };
        await bob.Client.Groups.JoinAsync(there.Code);
        await phone.Client.Accounts.LoginAsync(bob.LoginOf(relay.Address));
        using var rogue = await RogueDevice.TakeAsync(phone);
        await tablet.Client.Accounts.LoginAsync(bob.LoginOf(relay.Address));
        await bob.Client.Sync.SyncAsync();
        await bob.Client.Groups.JoinAsync(here.Code);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(2, ann.Client.Groups.Members(first.Id).Count);
        Assert.Single(ann.Client.Groups.Members(second.Id));

        (isHeldBack, other) = (false, rogue.Retirement());
        await ann.Client.Sync.SyncAsync();
        Assert.Single(ann.Client.Groups.Members(second.Id));
        Assert.Equal(fault, ann.Client.Sync.Status(second.Id).Fault?.Code);

        other = null;
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(2, ann.Client.Groups.Members(second.Id).Count);
    });
}
