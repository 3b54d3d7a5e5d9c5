using Grpc.Core;
using Vault.Client.Accounts;
using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>A further device is in as soon as its entry stands, whatever the relay says to what it asks next (seed 2097).</summary>
public sealed class LoginTests
{
    [Fact]
    public Task A_relay_that_cannot_write_just_then_does_not_undo_a_login() => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        var liar = new Liar
        {
            Saw = request =>
            {
                if (request is HeadsRequest)
                {
                    throw Liar.Refusal(FaultCode.StoreUnavailable, StatusCode.Unavailable);
                }
            },
        };
        await using var phone = TestPerson.New(liar.Seams());
        await phone.Client.Accounts.LoginAsync(ann.LoginOf(relay.Address));
        Assert.Equal(ClientState.Unlocked, phone.Client.State);

        liar.Saw = null;
        await phone.Client.Sync.SyncAsync();
        Assert.True(phone.Client.Sync.Status(phone.Client.Groups.Find("personal").Id).IsFresh);
    });
}
