using Vault.Protocol.V1;
using Vault.Server.Stores;

namespace Vault.Server.Engine;

/// <summary>
/// The canary: a row written each second, which the tail reads back and watchers get as a beat. A relay that could not
/// write it for five seconds confirms nothing, neither by beat nor by poll (attack: split brain, a store that only reads).
/// </summary>
internal sealed partial class Pulse(
    RelayLimits limits, Func<StoreWrite, CancellationToken, Task<WriteResult>> write, TimeProvider time, ILogger logger)
{
    // A relay that just started has written nothing yet, and vouches for nothing.
    private const long Never = long.MinValue;

    private long _writtenAt = Never;
    private bool _failing;

    /// <summary>Whether there is a last write, and it is recent enough.</summary>
    public bool IsConfirming => Interlocked.Read(ref _writtenAt) is > Never and var at && time.GetElapsedTime(at) <= limits.PulseLoss;

    /// <exception cref="RelayFaultException">STORE_UNAVAILABLE.</exception>
    public void RequireConfirming()
    {
        if (!IsConfirming)
        {
            throw RelayFaultException.Of(FaultCode.StoreUnavailable, "the store has taken no write for a while", limits.PulseInterval);
        }
    }

    /// <summary>Writes one beat. The time that counts is from before the write: what came later it does not vouch for.</summary>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        try
        {
            await write(new StoreWrite.Beat(), cancellationToken);
            Interlocked.Exchange(ref _writtenAt, begun);
            if (_failing)
            {
                _failing = false;
                LogRecovered(logger);
            }
        }
        catch (StoreUnavailableException e)
        {
            if (!_failing)
            {
                _failing = true;
                LogFailing(logger, e.Message);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The store takes no writes: {Reason} Nothing is acknowledged until it does.")]
    private static partial void LogFailing(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "The store takes writes again.")]
    private static partial void LogRecovered(ILogger logger);
}
