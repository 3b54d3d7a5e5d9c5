using Grpc.Core;
using Vault.Protocol.V1;

namespace Vault.Benchmarks.Latency;

/// <summary>Reads a watch stream.</summary>
internal static class Hints
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    /// <summary>The next hint that is wanted; others, such as beats, are passed over.</summary>
    public static async Task<WatchResponse> NextAsync(
        this AsyncServerStreamingCall<WatchResponse> hints, Func<WatchResponse, bool> isWanted, CancellationToken cancellationToken)
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
