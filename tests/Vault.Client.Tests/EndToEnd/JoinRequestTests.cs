using Grpc.Core;
using Vault.Client.Groups;
using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>Who is let in has the group, whatever was said to another request or to none (seed 9522).</summary>
public sealed class JoinRequestTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_second_request_that_is_refused_takes_nothing_from_the_first(bool restarts) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        await using var cleo = await TestPerson.RegisterAsync(relay, "Cleo");
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        var first = await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben");
        var second = await ann.Client.Groups.InviteAsync(group, Role.Editor, "whoever");
        await ben.Client.Groups.JoinAsync(first.Code);
        await cleo.Client.Groups.JoinAsync(second.Code);
        var refused = await Assert.ThrowsAsync<VaultException>(() => ben.Client.Groups.JoinAsync(second.Code));
        Assert.Equal(FaultCode.Mailbox, refused.Code);
        Assert.Equal(group, Assert.Single(ben.Client.Groups.Joins()).Group);
        if (restarts)
        {
            await ben.RestartAsync();
            await ben.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        }

        await AnswerAsync(ann, ben);
        Assert.Contains(ben.Client.Groups.List(), one => one.Id == group);
        Assert.True(ben.Client.Sync.Status(group).IsFresh);
    });

    [Fact]
    public Task A_request_that_is_refused_is_not_waited_for() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben");
        await using var cleo = await TestPerson.RegisterAsync(relay, "Cleo");
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        var invite = await ann.Client.Groups.InviteAsync(group, Role.Editor, "whoever");
        await cleo.Client.Groups.JoinAsync(invite.Code);
        await Assert.ThrowsAsync<VaultException>(() => ben.Client.Groups.JoinAsync(invite.Code));
        Assert.Empty(ben.Client.Groups.Joins());
        await ben.RestartAsync();
        Assert.Empty(ben.Client.Groups.Joins());
    });

    [Fact]
    public Task A_request_that_stands_though_the_store_was_called_unavailable_is_waited_for() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var liar = new Liar();
        await using var ben = await TestPerson.RegisterAsync(relay, "Ben", liar.Seams());
        var group = (await ann.Client.Groups.CreateAsync("family")).Id;
        var invite = await ann.Client.Groups.InviteAsync(group, Role.Editor, "Ben");

        // The write went through, and the relay could not tell in time.
        liar.Lie = answer => _ = answer is PostJoinResponse ? throw Liar.Refusal(FaultCode.StoreUnavailable, StatusCode.Unavailable) : answer;
        var unknown = await Assert.ThrowsAsync<VaultException>(() => ben.Client.Groups.JoinAsync(invite.Code));
        Assert.Equal(FaultCode.StoreUnavailable, unknown.Code);
        Assert.Equal(JoinState.Waiting, Assert.Single(ben.Client.Groups.Joins()).State);
        await AnswerAsync(ann, ben);
        Assert.Contains(ben.Client.Groups.List(), one => one.Id == group);
        Assert.True(ben.Client.Sync.Status(group).IsFresh);
    });

    private static async Task AnswerAsync(TestPerson opener, TestPerson joiner)
    {
        await opener.Client.Sync.SyncAsync();
        await opener.Client.Sync.SyncAsync();
        await joiner.Client.Sync.SyncAsync();
        await joiner.Client.Sync.SyncAsync();
    }
}
