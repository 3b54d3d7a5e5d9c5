using System.Diagnostics;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.EndToEnd.Tests.RelayDurability;

/// <summary>
/// No acknowledgement leaves the relay before the commit it speaks of was synced: read from the kernel's side. That the
/// check can fail is shown by a relay that differs in one word.
/// </summary>
[Collection(RelayProcesses.Name)]
public sealed class SyncOrderTests(ITestOutputHelper output)
{
    private const int Commits = 24;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_acknowledgement_is_sent_before_its_sync()
    {
        using var scratch = new Scratch();
        Assert.Empty(await ViolationsAsync(scratch, RelayProcess.BuiltProgram));
    }

    [Fact]
    public async Task A_relay_with_synchronous_off_is_caught_at_every_commit()
    {
        using var scratch = new Scratch();
        var program = await PatchedRelay.BuildAsync(scratch.Folder("copy"), "synchronous = FULL", "synchronous = OFF", Cancelled);
        var violations = await ViolationsAsync(scratch, program);
        Assert.Equal(Commits, violations.Count(violation => violation.Contains("no sync of the log", StringComparison.Ordinal)));
    }

    private async Task<List<string>> ViolationsAsync(Scratch scratch, string program)
    {
        await Strace.InstallAsync(Cancelled);
        var trace = scratch.Path("trace");
        var pushed = new List<AuthoredCommit>();
        using var caller = new Caller(new SeededRandom(5));
        await using (var relay = await RelayProcess.StartAsync(
            Strace.Command(trace, RelayProcess.Command(scratch.Path("relay"), program)), Cancelled))
        {
            await caller.BeginAsync(relay.Address, Cancelled);
            using var calls = await caller.OpenAsync(relay.Address, Cancelled);
            for (var i = 0; i < Commits; i++)
            {
                pushed.Add(await caller.PushOneAsync(calls, 0, Cancelled));
            }

            // Strace writes its last lines when what it traces has ended.
            using var stop = Process.Start("kill", ["-TERM", $"{Strace.Traced(relay.Id)}"]);
            await stop.WaitForExitAsync(Cancelled);
            await relay.WaitForExitAsync(Cancelled);
        }

        var traced = TraceReader.Read(File.ReadLines(trace));
        output.WriteLine($"{traced.Count} calls, {traced.Count(call => call.IsLogSync)} syncs of the log");
        var violations = SyncOrder.Violations(
            traced, [.. pushed.Select(commit => (commit.Entry.Signatures[0].ToByteArray(), commit.Head.Id.ToArray()))]);
        violations.ForEach(output.WriteLine);
        return violations;
    }
}
