using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.Core.Groups;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Latency;

/// <summary>
/// The relay's part: from an edit on one connection to its verified commit on another. Box, sign, push, store, tail, stream
/// and rules, without replicas.
/// </summary>
internal sealed class StreamBenchmark(Rounds rounds) : IBenchmark
{
    public string Name => "stream";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var random = new SeededRandom(3);
        using var author = Author.Create(random);
        using var group = AuthoredGroup.Found(author, random);
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken);
        using var writer = await RelayCalls.RegisterAsync(relay.Address, author, cancellationToken);
        var from = new WatchFrom { Group = group.Id.ToByteString() };
        foreach (var commit in group.Founding)
        {
            from.Token = (await writer.PushAsync(commit.Push(), cancellationToken)).Token;
        }

        using var reader = await RelayCalls.OpenAsync(relay.Address, author, cancellationToken);
        using var hints = reader.Watch(new WatchRequest { From = { from } }, cancellationToken);
        await hints.NextAsync(hint => hint.Hello is not null, cancellationToken);
        var sample = group.Put().Push();
        await writer.PushAsync(sample, cancellationToken);
        // The first hint may only say that the head moved; from then on commits ride inline.
        await hints.NextAsync(IsOfGroup, cancellationToken);
        await using var floor = await EchoFloor.StartAsync(scratch.Folder("echo"), sample, cancellationToken);

        var (measured, best) = await rounds.MeasureAsync(
            () => rounds.ClockAsync(async () =>
            {
                var before = group.State;
                var pushed = writer.PushAsync(group.Put().Push(), cancellationToken);
                var hint = await hints.NextAsync(IsOfGroup, cancellationToken);
                return GroupRules.Extend(before, Inline(hint).Record.Commit).Value.Head == group.State.Head
                    ? pushed
                    : throw new InvalidOperationException("Another commit came than was sent.");
            }),
            () => floor.ClockAsync(rounds, cancellationToken));
        return
        [
            new Figure("an edit to its verified commit on another connection, p50", "gRPC stream echo and one fsync", measured, best, Figure.AsTime),
        ];
    }

    private static bool IsOfGroup(WatchResponse hint) => hint.Commit is not null || hint.HeadMoved is not null;

    private static WatchCommit Inline(WatchResponse hint) =>
        hint.Commit is { Record.Blobs.Count: 1 } commit ? commit : throw new InvalidOperationException("The commit did not ride inline, whole.");
}
