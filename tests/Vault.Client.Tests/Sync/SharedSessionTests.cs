using Vault.Client.Replicas;
using Vault.Client.Tests.Kit;
using Vault.Client.Transport;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Sync;

/// <summary>Calls that start together share one opening of the session, which belongs to none of them.</summary>
public sealed class SharedSessionTests
{
    [Fact]
    public Task A_call_that_is_cancelled_while_the_session_opens_takes_no_other_along() => RunAsync(async (calls, line) =>
    {
        var nonce = new TaskCompletionSource();
        line.Hold = answer => answer is GetNonceResponse ? nonce.Task : Task.CompletedTask;
        using var hasty = new CancellationTokenSource();
        var first = HeadsAsync(calls, hasty.Token);
        var second = HeadsAsync(calls, CancellationToken.None);
#pragma warning disable CA1849 // CancelAsync leaves the pump.
        hasty.Cancel();
#pragma warning restore CA1849
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);

        nonce.SetResult();
        Assert.NotNull(await second);
        Assert.Single(line.Sent.OfType<OpenSessionRequest>());
        Assert.NotNull(await HeadsAsync(calls, CancellationToken.None));
        Assert.Single(line.Sent.OfType<OpenSessionRequest>());
    });

    [Fact]
    public Task An_opening_that_failed_fails_those_who_waited_and_nobody_after_them() => RunAsync(async (calls, line) =>
    {
        line.IsCut = true;
        var waiting = new[] { HeadsAsync(calls, CancellationToken.None), HeadsAsync(calls, CancellationToken.None) };
        foreach (var call in waiting)
        {
            Assert.True((await Assert.ThrowsAsync<VaultException>(() => call)).IsOffline);
        }

        line.IsCut = false;
        Assert.NotNull(await HeadsAsync(calls, CancellationToken.None));
    });

    [Fact]
    public Task A_connection_that_is_given_up_while_the_session_opens_is_offline_and_no_defect() => RunAsync(async (calls, line) =>
    {
        var (answered, handedOver) = (new TaskCompletionSource(), new TaskCompletionSource());
        line.Hold = answer =>
        {
            answered.TrySetResult();
            return answer is GetNonceResponse ? handedOver.Task : Task.CompletedTask;
        };
        var call = HeadsAsync(calls, CancellationToken.None);
        await answered.Task;
        calls.Dispose();
        handedOver.SetResult();
        Assert.True((await Assert.ThrowsAsync<VaultException>(() => call)).IsOffline);
    });

    [Fact]
    public Task A_session_whose_token_fits_into_no_call_is_refused_and_the_next_call_opens_another() => RunAsync(async (calls, line) =>
    {
        line.Hold = answer =>
        {
            if (answer is OpenSessionResponse opened)
            {
                opened.Token = Google.Protobuf.ByteString.CopyFrom(new byte[64 << 10]);
            }

            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<VaultException>(() => HeadsAsync(calls, CancellationToken.None));
        line.Hold = null;
        Assert.NotNull(await HeadsAsync(calls, CancellationToken.None));
    });

    private static Task<HeadsResponse> HeadsAsync(RelayCaller calls, CancellationToken cancellation) =>
        calls.CallAsync((relay, options) => relay.Groups.HeadsAsync(new HeadsRequest(), options), cancellation);

    private static Task RunAsync(Func<RelayCaller, Line, Task> body) => Pumped.RunAsync(async () =>
    {
        await using var relay = await TestRelay.StartAsync();
        await using var ann = await TestPerson.RegisterAsync(relay, "Ann");
        await ann.Client.DisposeAsync();
        var line = new Line();
        using var core = new ClientCore(new ClientOptions { HomeDirectory = ann.Home }, line.Seams());
        core.Open();
        ReplicaLoader.Load(core);
        using var calls = core.Dial(ConnectionUse.Calls);
        await body(calls, line);
    });
}
