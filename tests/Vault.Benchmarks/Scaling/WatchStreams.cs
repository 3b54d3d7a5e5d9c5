using Grpc.Core;
using Vault.Benchmarks.Latency;
using Vault.EndToEnd.Tests.RelayDriver;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Scaling;

/// <summary>Many open streams, each on a connection of its own, as many devices would have them; every change is clocked on each.</summary>
internal sealed class WatchStreams : IDisposable
{
    private const int OpeningAtOnce = 32;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _time;
    private readonly List<IDisposable> _open = [];
    private readonly List<AsyncServerStreamingCall<WatchResponse>> _streams = [];

    private WatchStreams(TimeProvider time) => _time = time;

    /// <summary>Opens streams of the relay, with a session each.</summary>
    public static Task<WatchStreams> OfRelayAsync(
        Uri relay, Author author, WatchFrom from, int count, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(count, time, async () =>
        {
            var calls = await RelayCalls.OpenAsync(relay, author, cancellationToken);
            return (calls, calls.Watch(new WatchRequest { From = { from } }, cancellationToken));
        }, cancellationToken);

    /// <summary>Opens streams of the echo server.</summary>
    public static Task<WatchStreams> OfEchoAsync(Uri server, int count, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(count, time, () =>
        {
            var channel = RelayChannel.Open(server);
            return Task.FromResult(((IDisposable)channel, new GroupService.GroupServiceClient(channel).Watch(new WatchRequest(), cancellationToken: cancellationToken)));
        }, cancellationToken);

    /// <summary>Makes a change, and adds the seconds until each stream brought it.</summary>
    public async Task ClockAsync(Func<Task> change, List<double> seconds, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var changed = change();
        var arrivals = await Task.WhenAll(_streams.Select(stream => ArrivalAsync(stream, cancellationToken))).WaitAsync(s_deadline, cancellationToken);
        await changed;
        seconds.AddRange(arrivals.Select(at => _time.GetElapsedTime(start, at).TotalSeconds));
    }

    public void Dispose()
    {
        _streams.ForEach(stream => stream.Dispose());
        _open.ForEach(connection => connection.Dispose());
    }

    private static async Task<WatchStreams> OpenAsync<T>(
        int count, TimeProvider time, Func<Task<(T Connection, AsyncServerStreamingCall<WatchResponse> Stream)>> open, CancellationToken cancellationToken)
        where T : IDisposable
    {
        var streams = new WatchStreams(time);
        try
        {
            for (var done = 0; done < count; done += OpeningAtOnce)
            {
                var opened = await Task.WhenAll(Enumerable.Range(0, Math.Min(OpeningAtOnce, count - done)).Select(_ => open()));
                streams._open.AddRange(opened.Select(one => (IDisposable)one.Connection));
                streams._streams.AddRange(opened.Select(one => one.Stream));
                await Task.WhenAll(opened.Select(one => one.Stream.NextAsync(hint => hint.Hello is not null, cancellationToken)));
            }

            return streams;
        }
        catch
        {
            streams.Dispose();
            throw;
        }
    }

    private async Task<long> ArrivalAsync(AsyncServerStreamingCall<WatchResponse> stream, CancellationToken cancellationToken)
    {
        await stream.NextAsync(hint => hint.Commit is not null || hint.HeadMoved is not null, cancellationToken);
        return _time.GetTimestamp();
    }
}
