using Grpc.Core;
using Grpc.Net.Client;
using Vault.Benchmarks.Harness;
using Vault.Benchmarks.Servers;
using Vault.Core.Groups;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Latency;

/// <summary>
/// From an edit on one connection to its verified commit on another: box, sign, push, store, tail, stream, rules. The floor
/// sends a finished message of the same size: one sync, one stream, no store and no rule.
/// </summary>
internal sealed class VisibleBenchmark(Rounds rounds) : IBenchmark
{
    private const int Changes = 100;

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    public string Name => "visible";

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var random = new SeededRandom(3);
        using var author = Author.Create(random);
        using var group = AuthoredGroup.Found(author, random);
        await using var relay = await ServerProcess.StartAsync(UnlimitedRelay.Name, scratch.Path("relay"), cancellationToken);
        await using var echo = await ServerProcess.StartAsync(EchoServer.Name, scratch.Folder("echo"), cancellationToken);

        using var writer = await RelayCalls.RegisterAsync(relay.Address, author, cancellationToken);
        var from = new WatchFrom { Group = group.Id.ToByteString() };
        foreach (var commit in group.Founding)
        {
            from.Token = (await writer.PushAsync(commit.Push(), cancellationToken)).Token;
        }

        using var reader = await RelayCalls.OpenAsync(relay.Address, author, cancellationToken);
        using var hints = reader.Watch(new WatchRequest { From = { from } }, cancellationToken);
        await NextAsync(hints, response => response.Hello is not null, cancellationToken);

        using var writerChannel = GrpcChannel.ForAddress(echo.Address);
        using var readerChannel = GrpcChannel.ForAddress(echo.Address);
        var bareWriter = new GroupService.GroupServiceClient(writerChannel);
        using var bareHints = new GroupService.GroupServiceClient(readerChannel).Watch(new WatchRequest(), cancellationToken: cancellationToken);
        await NextAsync(bareHints, response => response.Hello is not null, cancellationToken);
        var sample = group.Put();
        await writer.PushAsync(sample.Push(), cancellationToken);
        // A group's first hint on a relay only says that the head moved; from then on commits ride inline.
        await NextAsync(hints, IsOfGroup, cancellationToken);

        var (measured, best) = await rounds.MeasureAsync(
            () => MedianAsync(async () =>
            {
                var before = group.State;
                var pushed = writer.PushAsync(group.Put().Push(), cancellationToken);
                var hint = await NextAsync(hints, IsOfGroup, cancellationToken);
                var seen = GroupRules.Extend(before, Inline(hint).Record.Commit).Value.Head;
                return (pushed, seen == group.State.Head && hint.Commit.Record.Blobs.Count == 1);
            }),
            () => MedianAsync(async () =>
            {
                var pushed = bareWriter.PushAsync(sample.Push(), cancellationToken: cancellationToken).ResponseAsync;
                var hint = await NextAsync(bareHints, response => response.Commit is not null, cancellationToken);
                return (pushed, hint.Commit.Record.Blobs.Count == 1);
            }));
        return
        [
            new Figure("an edit to its verified commit on another connection, p50", "gRPC stream echo and one fsync", measured, best, Figure.AsTime),
        ];
    }

    private static bool IsOfGroup(WatchResponse response) => response.Commit is not null || response.HeadMoved is not null;

    private static WatchCommit Inline(WatchResponse hint) =>
        hint.Commit ?? throw new InvalidOperationException("The commit did not ride inline.");

    // The change is visible when the hint is here; that its push is also acknowledged is awaited, but not counted.
    private async Task<double> MedianAsync(Func<Task<(Task<PushResponse> Pushed, bool IsWhole)>> change)
    {
        var seconds = new List<double>(Changes);
        for (var i = 0; i < Changes; i++)
        {
            var start = rounds.Time.GetTimestamp();
            var (pushed, isWhole) = await change();
            seconds.Add(rounds.Time.GetElapsedTime(start).TotalSeconds);
            await pushed;
            if (!isWhole)
            {
                throw new InvalidOperationException("Something else came than was sent.");
            }
        }

        return Rounds.Median(seconds);
    }

    private static async Task<WatchResponse> NextAsync(
        AsyncServerStreamingCall<WatchResponse> hints, Func<WatchResponse, bool> isWanted, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_deadline);
        while (await hints.ResponseStream.MoveNext(deadline.Token))
        {
            if (isWanted(hints.ResponseStream.Current))
            {
                return hints.ResponseStream.Current;
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
