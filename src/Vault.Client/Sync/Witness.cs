using Vault.Core.Ids;

namespace Vault.Client.Sync;

/// <summary>
/// The newest statement of one device of a group, and since when it is known to hold. The moment is proven by an echo of a counter
/// that this device said itself, never by when a statement came: that is the relay's to choose (attack: an old statement, replayed,
/// makes an agreement look young; design.md, section 5).
/// </summary>
internal sealed record Witness(AccountId Account, DeviceId Device, ulong Counter, ChainHead Head)
{
    /// <summary>When the statement reached this process, on the boot clock. Null: an earlier process.</summary>
    public TimeSpan? HeardAt { get; init; }

    /// <summary>The same by the wall clock, for display across restarts.</summary>
    public long HeardMs { get; init; }

    /// <summary>The statement was signed after this moment, on the boot clock. Null: this process cannot tell.</summary>
    public TimeSpan? SignedAfter { get; init; }

    /// <summary>The same by the wall clock, for display across restarts. 0: never proven.</summary>
    public long SignedAfterMs { get; init; }

    /// <summary>
    /// What is known once a device says something newer. Null: it is no newer, so nothing is. A device's statements are signed in
    /// the order of their counters, so what was proven of one holds for the next.
    /// </summary>
    /// <param name="before">What was known of the device. Null: nothing.</param>
    /// <param name="heard">The statement, with when it came.</param>
    /// <param name="echo">The own counter that it echoes. Null: none.</param>
    /// <param name="own">What this process said.</param>
    public static Witness? After(Witness? before, Witness heard, ulong? echo, OwnStatements own)
    {
        if (before is not null && heard.Counter <= before.Counter)
        {
            return null;
        }

        var proven = echo is { } counter ? own.SaidAt(counter) : null;
        return proven is { } said && (before?.SignedAfter is not { } known || said > known)
            ? heard with { SignedAfter = said, SignedAfterMs = heard.HeardMs - (long)((heard.HeardAt ?? said) - said).TotalMilliseconds }
            : heard with { SignedAfter = before?.SignedAfter, SignedAfterMs = before?.SignedAfterMs ?? 0 };
    }

    /// <summary>At most so long ago the device verified its head. Null: nothing proves it.</summary>
    public TimeSpan? Age(TimeSpan bootNow, long wallNowMs) =>
        SignedAfter is { } moment ? bootNow - moment : SinceWall(SignedAfterMs, wallNowMs);

    /// <summary>How long ago the statement came here. Null: not known.</summary>
    public TimeSpan? HeardAge(TimeSpan bootNow, long wallNowMs) =>
        HeardAt is { } moment ? bootNow - moment : SinceWall(HeardMs, wallNowMs);

    // A wall clock that was set back says nothing.
    private static TimeSpan? SinceWall(long momentMs, long nowMs) =>
        momentMs <= 0 || momentMs > nowMs ? null : TimeSpan.FromMilliseconds(nowMs - momentMs);
}
