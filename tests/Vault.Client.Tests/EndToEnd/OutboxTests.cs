using Grpc.Core;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>What waits is listed as it stands; what a person throws away is not sent, and what may stand already is not thrown away.</summary>
public sealed class OutboxTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task A_discarded_edit_is_never_sent_and_who_waits_for_it_is_told() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(Personal(ann), Login("one")), Soon);
        await relay.DownAsync();
        Assert.True((await Assert.ThrowsAsync<VaultException>(() => ann.Client.Sync.SyncAsync())).IsOffline);
        ann.Client.Sync.Start();
        var wrong = ann.Client.Items.Add(Personal(ann), Login("wrong"));

        // The loop has tried in vain: the relay is known to be away, so nothing was signed.
        Assert.Equal(EditState.Pending, (await ann.Client.Items.WaitAsync(wrong, TimeSpan.FromSeconds(2))).State);
        var listed = Assert.Single(ann.Client.Items.Outbox());
        Assert.False(listed.IsSigned);
        Assert.Equal("wrong", listed.Made?.Title);
        Assert.Null(listed.Seen);
        var waiting = ann.Client.Items.WaitAsync(wrong, Soon);
        ann.Client.Items.Discard(wrong.OpId);

        Assert.Equal(EditState.Discarded, (await waiting).State);
        await relay.UpAsync();
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(ann.Client.Items.Add(Personal(ann), Login("two")), Soon)).State);
        Assert.Equal(["one", "two"], Titles(ann));
        await using var phone = TestPerson.New();
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        await phone.Client.Sync.SyncAsync();
        Assert.Equal(["one", "two"], Titles(phone));
    });

    [Fact]
    public Task An_edit_that_may_stand_already_is_listed_as_signed_and_cannot_be_discarded() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(Personal(ann), Login("one")), Soon);
        liar.Saw = request =>
        {
            if (request is PushRequest)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "lost on the way"));
            }
        };
        var signed = ann.Client.Items.Add(Personal(ann), Login("two"));
        Assert.Equal(EditState.Pending, (await ann.Client.Items.WaitAsync(signed, Soon)).State);
        var behind = ann.Client.Items.Add(Personal(ann), Login("three"));
        Assert.Equal([true, false], ann.Client.Items.Outbox().Select(edit => edit.IsSigned));
        Refused();
        await ann.RestartAsync();
        Refused();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        Refused();
        ann.Client.Items.Discard(behind.OpId);

        liar.Saw = null;
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(signed, Soon)).State);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(["one", "two"], Titles(ann));
        Assert.Empty(ann.Client.Items.Outbox());

        void Refused() =>
            Assert.Equal(ClientRefusal.InFlight, Assert.Throws<VaultException>(() => ann.Client.Items.Discard(signed.OpId)).Refusal);
    });

    [Fact]
    public Task An_edit_tried_again_in_a_group_that_is_over_is_set_aside_with_the_reason_and_not_said_to_be_signed() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var bob = await TestPerson.RegisterAsync(relay, "Bob");
        var family = (await ann.Client.Groups.CreateAsync("family")).Id;
        await bob.Client.Groups.JoinAsync((await ann.Client.Groups.InviteAsync(family, Role.Editor)).Code);
        await ann.Client.Sync.SyncAsync();
        await bob.Client.Sync.SyncAsync();
        await bob.Client.Sync.SyncAsync();
        await bob.Client.Items.WaitAsync(bob.Client.Items.Add(family, Login("one")), Soon);
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Groups.RemoveAsync(family, bob.Client.Accounts.WhoAmI().Account);

        // Signed on the old head, and sent before the removal was seen.
        var late = bob.Client.Items.Add(family, Login("late"));
        Assert.Equal(EditState.Quarantined, (await bob.Client.Items.WaitAsync(late, Soon)).State);
        bob.Client.Items.Retry(late.OpId);
        await bob.Client.Sync.SyncAsync();
        var listed = Assert.Single(bob.Client.Items.Outbox());
        Assert.Equal((EditState.Quarantined, FaultCode.NotAMember), (listed.State, listed.Reason?.Code ?? FaultCode.Unspecified));
        Assert.False(listed.IsSigned);
        bob.Client.Items.Discard(late.OpId);
        Assert.Empty(bob.Client.Items.Outbox());
    });

    private static string[] Titles(TestPerson person) => [.. person.Client.Items.List(Personal(person)).Select(item => item.Item.Title).Order(StringComparer.Ordinal)];
}
