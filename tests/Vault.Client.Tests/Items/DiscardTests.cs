using Grpc.Core;
using Vault.Client.Items;
using Vault.Client.Tests.Kit;
using Vault.Core.Ids;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.Items;

/// <summary>What was thrown away is not sent; what may have been sent already cannot be thrown away, and says so.</summary>
public sealed class DiscardTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public Task An_edit_that_was_signed_but_never_sent_is_withdrawn_with_its_commit() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        var group = Personal(ann);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, Login("one")), Soon);
        var sent = new List<SignedEntry>();
        liar.Saw = request => sent.AddRange((request as PushRequest)?.Commits ?? []);
        var oops = ann.Client.Items.Add(group, Login("oops"));
        var kept = ann.Client.Items.Add(group, Login("kept"));
        ann.Client.Items.Discard(oops.OpId);
        Assert.Equal(["kept", "one"], Titles(ann, group));

        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(kept, Soon)).State);
        Assert.Equal(["kept", "one"], Titles(ann, group));
        Assert.Single(sent);
    });

    [Fact]
    public Task A_withdrawn_edit_stays_withdrawn_after_a_restart() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var group = Personal(ann);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, Login("one")), Soon);
        ann.Client.Items.Discard(ann.Client.Items.Add(group, Login("oops")).OpId);
        await ann.RestartAsync();
        await ann.Client.Sync.SyncAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await ann.Client.Sync.SyncAsync();
        Assert.Equal(["one"], Titles(ann, group));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task An_edit_that_may_have_been_sent_is_not_discarded(bool restarts) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        var group = Personal(ann);
        await ann.Client.Items.WaitAsync(ann.Client.Items.Add(group, Login("one")), Soon);
        liar.Saw = request =>
        {
            if (request is PushRequest)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "lost on the way"));
            }
        };
        var signed = ann.Client.Items.Add(group, Login("signed"));
        Assert.Equal(EditState.Pending, (await ann.Client.Items.WaitAsync(signed, TimeSpan.FromSeconds(1))).State);
        var waiting = ann.Client.Items.Add(group, Login("waiting"));
        if (restarts)
        {
            await ann.RestartAsync();
            await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        }

        Assert.Equal(ClientRefusal.InFlight, Assert.Throws<VaultException>(() => ann.Client.Items.Discard(signed.OpId)).Refusal);
        ann.Client.Items.Discard(waiting.OpId);
        Assert.Equal(["one", "signed"], Titles(ann, group));

        liar.Saw = null;
        Assert.Equal(EditState.Saved, (await ann.Client.Items.WaitAsync(signed, Soon)).State);
        Assert.Equal(["one", "signed"], Titles(ann, group));
    });

    private static IEnumerable<string> Titles(TestPerson person, GroupId group) =>
        person.Client.Items.List(group).Select(item => item.Item.Title);
}
