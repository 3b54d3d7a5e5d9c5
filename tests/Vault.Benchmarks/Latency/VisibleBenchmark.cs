using Vault.Benchmarks.Clients;
using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.EndToEnd.Tests.RelayDriver;

namespace Vault.Benchmarks.Latency;

/// <summary>
/// The whole way between two people's client libraries: an edit is accepted on one device (outbox and all, on disk), sent,
/// stored, streamed, verified, applied to the other's replica, and decrypted there. Two transactions that are each synced lie on
/// it, the author's and the relay's; the floor holds one sync.
/// </summary>
internal sealed class VisibleBenchmark(Rounds rounds) : IBenchmark
{
    public string Name => "visible";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var random = new SeededRandom(4);
        using var author = Author.Create(random);
        using var authored = AuthoredGroup.Found(author, random);
        await using var floor = await EchoFloor.StartAsync(scratch.Folder("echo"), authored.Put().Push(), cancellationToken);
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken);
        await using var ann = await Person.RegisterAsync(relay.Address, "Ann", scratch.Path("ann"));
        await using var bob = await Person.RegisterAsync(relay.Address, "Bob", scratch.Path("bob"));
        var group = await ann.ShareWithAsync(bob);
        var item = await ann.AddAsync(group);
        await bob.SyncAsync(group);

        var edits = 0;
        var (measured, best) = await rounds.MeasureAsync(
            async () =>
            {
                var notes = $"edit {edits++}";
                var seen = await bob.ExpectAsync(group, item, notes, rounds.Time);
                var start = rounds.Time.GetTimestamp();
                var saved = ann.EditAsync(group, item, notes);
                var seconds = rounds.Time.GetElapsedTime(start, await seen).TotalSeconds;
                await saved;

                // What is still to be synced after the change was seen must not slow the floor's turn.
                await ann.RestAsync();
                await bob.RestAsync();
                return seconds;
            },
            () => floor.ClockAsync(rounds, cancellationToken));
        return [new Figure("a change to visible on another device, p50", "gRPC stream echo and one fsync", measured, best, Figure.AsTime)];
    }
}
