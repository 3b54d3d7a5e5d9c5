using Grpc.Core;
using Vault.EndToEnd.Tests.People;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>A relay whose data are gone is filled again by those who have them.</summary>
[Collection(RelayProcesses.Name)]
public sealed class EmptiedRelayTests
{
    private const int Commits = 40;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_emptied_relay_is_filled_in_its_window_takes_nothing_new_and_is_sound()
    {
        using var scratch = new Scratch();
        using var caller = new Caller(new SeededRandom(3));
        var data = scratch.Path("relay");
        string report;
        await using (var relay = await RelayProcess.StartAsync(RelayProcess.Command(data), Cancelled))
        {
            await caller.BeginAsync(relay.Address, Cancelled);
            using var calls = await caller.OpenAsync(relay.Address, Cancelled);
            for (var i = 0; i < Commits; i++)
            {
                await caller.PushOneAsync(calls, 0, Cancelled);
            }

            report = await CheckAsync(data);
            await relay.KillAsync();
        }

        foreach (var file in Directory.GetFiles(data, "relay.db*"))
        {
            File.Delete(file);
        }

        IReadOnlyList<string> command = RelayProcess.Command(data);
        await using (var emptied = await RelayProcess.StartAsync([.. command, "--recovery-window"], Cancelled))
        {
            await caller.RefillAsync(emptied.Address, Cancelled);
            // What was superseded is gone with the old data; a check holds only when every live blob is here.
            Assert.Equal(Chains(report), Chains(await CheckAsync(data)));
            using var calls = await caller.OpenAsync(emptied.Address, Cancelled);
            var refused = await Assert.ThrowsAsync<RpcException>(() => caller.PushOneAsync(calls, 0, Cancelled));
            Assert.Equal(FaultCode.RecoveryWindow, RelayCalls.FaultOf(refused)?.Code);
        }

        await using var after = await RelayProcess.StartAsync(command, Cancelled);
        using var again = await caller.OpenAsync(after.Address, Cancelled);
        await caller.CheckAsync(again, Cancelled);
        await caller.PushOneAsync(again, 0, Cancelled);
        Assert.NotEqual(Chains(report), Chains(await CheckAsync(data)));
    }

    // "1 accounts with 2 entries, 1 groups with 42 commits", without the blobs.
    private static string Chains(string report) => report[..report.LastIndexOf(',')];

    private static async Task<string> CheckAsync(string data) =>
        (await Programs.RunAsync(Programs.Start(Programs.Server, ["check", "--data", data]), [])).Expect(0).Text;
}
