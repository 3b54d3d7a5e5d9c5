using Grpc.Core;
using Vault.Client.Doctor;
using Vault.Client.Tests.Kit;
using Vault.Protocol.V1;
using static Vault.Client.Tests.Kit.Samples;

namespace Vault.Client.Tests.EndToEnd;

/// <summary>An edit that is not sent although the relay answers is named, wherever somebody looks, and is sent once nothing stops it.</summary>
public sealed class StuckEditTests
{
    // Refused, or never answered while polls are.
    [Theory]
    [InlineData(FaultCode.Quota)]
    [InlineData(FaultCode.Unspecified)]
    public Task An_edit_that_the_relay_refuses_for_long_is_named_as_stuck_and_one_that_waits_for_the_relay_is_not(FaultCode said) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        var liar = new Liar();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann", liar.Seams());
        ann.OutboxPatience = TimeSpan.FromMilliseconds(50);
        await ann.RestartAsync();
        await ann.Client.Accounts.UnlockAsync(TestPerson.PasswordBytes);
        await ann.Client.Sync.SyncAsync();
        liar.Saw = request =>
        {
            if (request is PushRequest)
            {
                throw said == FaultCode.Unspecified
                    ? new RpcException(new Status(StatusCode.Unavailable, "lost on the way"))
                    : Liar.Refusal(said);
            }
        };
        var edit = ann.Client.Items.Add(Personal(ann), Login("waits"));
        await ann.Client.Items.WaitAsync(edit, TimeSpan.FromMilliseconds(500));
        while (!ann.Client.Sync.Status(edit.Group).IsStuck)
        {
            await Task.Delay(10);
        }

        var status = ann.Client.Sync.Status(edit.Group);
        Assert.True(status.OldestPending > TimeSpan.FromMilliseconds(50));
        Assert.NotEqual(0, Assert.Single(ann.Client.Items.Outbox()).MadeMs);
        var found = (await ann.Client.Doctor.ExamineAsync(mend: false)).Single(result => result.Name == "outbox");
        Assert.Equal(CheckState.Fail, found.State);
        Assert.Equal(said == FaultCode.Quota, found.Text.Contains("QUOTA", StringComparison.Ordinal));

        liar.Saw = null;
        var mended = (await ann.Client.Doctor.ExamineAsync(mend: true)).Single(result => result.Name == "outbox");
        Assert.Equal(CheckState.Ok, mended.State);
        Assert.NotEmpty(mended.Mended);
        Assert.Empty(ann.Client.Items.Outbox());
        Assert.Null(ann.Client.Sync.Status(edit.Group).OldestPending);

        // Away is a reason to wait, however long.
        await relay.DownAsync();
        await Assert.ThrowsAsync<VaultException>(() => ann.Client.Sync.SyncAsync());
        var later = ann.Client.Items.Add(Personal(ann), Login("waits for the relay"));
        while (ann.Client.Sync.Status(later.Group) is { OldestPending.TotalMilliseconds: <= 100 })
        {
            await Task.Delay(10);
        }

        Assert.False(ann.Client.Sync.Status(later.Group).IsStuck);
    });
}
