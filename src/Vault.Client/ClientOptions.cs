namespace Vault.Client;

/// <summary>What one client works with. Times as design.md section 5 sets them.</summary>
public sealed record ClientOptions
{
    /// <summary>Directory of this home, made with mode 0700: replica and key files of one device of one account.</summary>
    public required string HomeDirectory { get; init; }

    /// <summary>Time between polls; each is spread by ±20 %.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between polls while notifications fail.</summary>
    public TimeSpan FastPollInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call may take; a push of much content gets four times as long.</summary>
    public TimeSpan CallDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Oldest proof that still counts as fresh.</summary>
    public TimeSpan FreshnessBound { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>A hint that comes so long after a poll found the change counts as missed.</summary>
    public TimeSpan HintGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A stream without a beat for so long is not alive.</summary>
    public TimeSpan BeatBound { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>An edit that waits for longer, although the relay answers and nothing is locked, is stuck: it is named as that.</summary>
    public TimeSpan OutboxPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes of items' former values kept for one group before the oldest of whoever wrote most go early; last good values stay regardless.</summary>
    public long FormerValueBytes { get; init; } = 64 << 20;

    /// <summary>How long an invite is good for unless the caller says otherwise; at most 30 days.</summary>
    public TimeSpan InviteLifetime { get; init; } = TimeSpan.FromHours(72);
}
