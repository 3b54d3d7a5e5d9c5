using Vault.Client.Sync;
using Vault.Client.Tests.Kit;

namespace Vault.Client.Tests.Sync;

public sealed class SignalTests
{
    [Fact]
    public Task A_waiter_that_comes_back_at_once_is_woken_again() => Pumped.RunAsync(async () =>
    {
        var signal = new Signal(TimeProvider.System);
        var woken = 0;
        async Task LoopAsync()
        {
            while (woken < 3)
            {
                await signal.WaitAsync(TimeSpan.FromMinutes(1), default);
                woken++;
            }
        }

        var loop = LoopAsync();
        signal.Set();
        signal.Set();
        signal.Set();
        await loop.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(3, woken);
    });

    [Fact]
    public Task A_call_while_nobody_waits_is_remembered_once() => Pumped.RunAsync(async () =>
    {
        var signal = new Signal(TimeProvider.System);
        signal.Set();
        signal.Set();
        Assert.True(await signal.WaitAsync(TimeSpan.FromMinutes(1), default));
        Assert.False(await signal.WaitAsync(TimeSpan.FromMilliseconds(20), default));
    });
}
