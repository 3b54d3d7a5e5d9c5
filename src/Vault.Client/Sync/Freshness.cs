using Vault.Core.Ids;

namespace Vault.Client.Sync;

/// <summary>The reply to one's own request, dated by when the request was sent, on the boot clock.</summary>
/// <param name="Skew">Boot clock minus monotonic clock at that moment: it jumps when the machine slept.</param>
internal sealed record Proof(ChainHead Head, TimeSpan SentAt, TimeSpan Skew);

/// <summary>Everything that the state of one group follows from.</summary>
internal sealed record FreshnessFacts
{
    public bool Forked { get; init; }

    public bool UpdateNeeded { get; init; }

    public bool Withheld { get; init; }

    public bool RelayBehind { get; init; }

    /// <summary>The newest request got no answer.</summary>
    public bool Offline { get; init; }

    /// <summary>The newest proof since start. Null: none.</summary>
    public Proof? Proof { get; init; }

    /// <summary>Whether the verified head equals or descends from the proof's head.</summary>
    public bool CoversProof { get; init; }

    /// <summary>The account is not a member any more.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Another device of the account verified a head that is not here.</summary>
    public bool IsBelowRecord { get; init; }

    /// <summary>
    /// The group was accepted or asked for, and the chain does not reach this account's own add: an old world, whatever was recorded,
    /// or a request that nobody has answered.
    /// </summary>
    public bool IsBeforeOwnAdd { get; init; }

    public ulong VerifiedSeq { get; init; }

    /// <summary>Highest position hinted since the newest proof was sent. 0: none.</summary>
    public ulong HighestHintedSeq { get; init; }

    public int MissingBlobs { get; init; }

    public bool NotificationsFailing { get; init; }

    /// <summary>Since the stream's last beat. Null: no stream, or no beat yet.</summary>
    public TimeSpan? BeatAge { get; init; }

    public TimeSpan BootNow { get; init; }

    public TimeSpan SkewNow { get; init; }

    public TimeSpan Bound { get; init; }

    public TimeSpan BeatBound { get; init; }
}

/// <summary>
/// The freshness contract (design.md, section 5): a pure function, evaluated when asked, never stored. Only a reply to one's own
/// request raises it; the stream can only lower it.
/// </summary>
internal static class Freshness
{
    // Between two readings of two clocks a pump may be late; a machine that slept is away for longer.
    private static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(2);

    /// <summary>Whether the machine slept between two moments, by how far the boot clock was ahead of the monotonic one at each.</summary>
    public static bool HasSlept(TimeSpan skewThen, TimeSpan skewNow) => (skewNow - skewThen).Duration() > SkewMax;

    /// <summary>The state; the first that applies.</summary>
    public static FreshnessState Of(FreshnessFacts facts) => facts switch
    {
        { Forked: true } => FreshnessState.Forked,
        { HasEnded: true } => FreshnessState.Ended,
        { UpdateNeeded: true } => FreshnessState.UpdateNeeded,
        { Withheld: true } => FreshnessState.Withheld,
        { RelayBehind: true } => FreshnessState.RelayBehind,
        { Offline: true } => FreshnessState.Offline,
        _ when !HasProof(facts) => FreshnessState.Stale,
        _ when !IsComplete(facts) => FreshnessState.CatchingUp,
        { NotificationsFailing: true } => FreshnessState.Polling,
        _ when facts.BeatAge is { } age && age <= facts.BeatBound => FreshnessState.Live,
        _ => FreshnessState.Polling,
    };

    private static bool HasProof(FreshnessFacts facts) =>
        facts.Proof is { } proof
        && facts.BootNow - proof.SentAt <= facts.Bound
        && !HasSlept(proof.Skew, facts.SkewNow);

    private static bool IsComplete(FreshnessFacts facts) =>
        facts is { CoversProof: true, IsBelowRecord: false, IsBeforeOwnAdd: false } && facts.HighestHintedSeq <= facts.VerifiedSeq && facts.MissingBlobs == 0;
}
