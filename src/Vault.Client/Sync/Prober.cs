using Google.Protobuf;
using Vault.Protocol.V1;

namespace Vault.Client.Sync;

/// <summary>
/// Asks whether hints arrive, by sending a nonce round: it comes back on this device's stream or it does not. A poll goes its own way
/// beside it. Neither raises anybody's freshness: a probe tells about a path, not about a group.
/// </summary>
internal sealed class Prober(ClientCore core, Poller poller)
{
    private const int NonceBytes = 16;

    private readonly Gate _one = new();
    private (ByteString Nonce, Signal Heard)? _sent;

    /// <summary>One nonce and one poll, each for at most a call's deadline and the time that the answer takes.</summary>
    public Task<ProbeResult> ProbeAsync(CancellationToken cancellation) => _one.RunAsync(async () =>
    {
        var polling = PollAsync(cancellation);
        var streaming = StreamAsync(cancellation);
        var clock = await ClockAsync(cancellation);
        var (byPoll, pollReason) = await polling;
        var (byStream, streams, streamReason) = await streaming;
        return new ProbeResult(byStream, streams, streamReason, byPoll, pollReason, clock);
    });

    /// <summary>A nonce came on the stream.</summary>
    public void Hear(ByteString nonce)
    {
        // An answer to an earlier one is no answer to this.
        if (_sent is { } sent && nonce == sent.Nonce)
        {
            sent.Heard.Set();
        }
    }

    private async Task<(TimeSpan? Took, int? Streams, string Reason)> StreamAsync(CancellationToken cancellation)
    {
        var bytes = new byte[NonceBytes];
        core.Seams.Random.Fill(bytes);
        var request = new ProbeRequest { Nonce = ByteString.CopyFrom(bytes) };
        var heard = new Signal(core.Seams.Time);
        _sent = (request.Nonce, heard);
        var begun = core.BootNow;
        try
        {
            var taken = await core.Calls.CallAsync((relay, options) => relay.Groups.ProbeAsync(request, options), cancellation);
            if (taken.Streams == 0)
            {
                return (null, 0, core.StreamFailure?.Message ?? "The relay holds no stream of this device open.");
            }

            return await heard.WaitAsync(core.Options.CallDeadline, cancellation)
                ? (core.BootNow - begun, (int)taken.Streams, "")
                : (null, (int)taken.Streams, "The relay took the nonce and it did not come back by the stream.");
        }
        catch (VaultException refused)
        {
            return (null, null, refused.Message);
        }
        finally
        {
            _sent = null;
        }
    }

    private async Task<(TimeSpan? Took, string Reason)> PollAsync(CancellationToken cancellation)
    {
        var begun = core.BootNow;
        try
        {
            await poller.PollAsync(cancellation);
            return (core.BootNow - begun, "");
        }
        catch (VaultException failed)
        {
            return (null, failed.Message);
        }
    }

    // For display only: what a relay says about the time decides nothing.
    private async Task<TimeSpan?> ClockAsync(CancellationToken cancellation)
    {
        try
        {
            return await core.Calls.ClockAsync(cancellation) is { } relay ? core.Seams.Time.GetUtcNow() - relay : null;
        }
        catch (VaultException)
        {
            return null;
        }
    }
}

/// <summary>What became of a nonce that was sent round, and of a poll beside it.</summary>
/// <param name="ByStream">From the call to the nonce's arrival by the stream. Null: it did not arrive.</param>
/// <param name="Streams">Streams of this device that the relay holds open. Null: it did not take the nonce.</param>
/// <param name="StreamReason">Why it did not arrive, one sentence. Empty: it did.</param>
/// <param name="ByPoll">How long the poll took. Null: it got no answer.</param>
/// <param name="PollReason">Why the poll got no answer. Empty: it did.</param>
/// <param name="ClockAhead">How far this device's wall clock is ahead of what the relay's transport says, to a second. Null: it says nothing.</param>
public sealed record ProbeResult(
    TimeSpan? ByStream, int? Streams, string StreamReason, TimeSpan? ByPoll, string PollReason, TimeSpan? ClockAhead);
