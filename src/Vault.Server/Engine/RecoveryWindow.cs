namespace Vault.Server.Engine;

/// <summary>
/// The time in which a relay that was restored or emptied takes back what it lost, and nothing new. Asked at each call, so that
/// it closes beneath a running relay.
/// </summary>
public sealed class RecoveryWindow(bool always, TimeProvider time)
{
    private long _untilTicks;

    public bool IsOpen => always || time.GetUtcNow().UtcTicks < Interlocked.Read(ref _untilTicks);

    /// <summary>Opens it, or moves its end. <see cref="DateTimeOffset.MaxValue"/>: until it is closed.</summary>
    public void Open(DateTimeOffset until) => Interlocked.Exchange(ref _untilTicks, until.UtcTicks);

    /// <summary>Closes it, unless the relay was started to stay in it.</summary>
    public void Close() => Interlocked.Exchange(ref _untilTicks, 0);
}
