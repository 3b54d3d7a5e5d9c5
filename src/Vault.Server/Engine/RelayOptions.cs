namespace Vault.Server.Engine;

/// <summary>Who may register.</summary>
public enum Registration
{
    /// <summary>Anyone.</summary>
    Open,

    /// <summary>Whoever knows the code.</summary>
    Code,

    /// <summary>Nobody.</summary>
    Closed,
}

/// <summary>What an operator decides about a relay.</summary>
public sealed record RelayOptions
{
    /// <summary>The names under which clients dial this relay, lower case: what a proof must name. Never empty.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public Registration Registration { get; init; } = Registration.Open;

    /// <summary>The code, where registration asks for one.</summary>
    public string RegistrationCode { get; init; } = "";

    /// <summary>
    /// Whether the relay takes back what it lost, and only that: suffixes, and whole groups and accounts that it does not know,
    /// even where registration is closed. So from start to end; <see cref="Relay.Window"/> opens and closes meanwhile.
    /// </summary>
    public bool RecoveryWindow { get; init; }

    public RelayLimits Limits { get; init; } = new();
}

/// <summary>A rate: so many at once, and so many a second from then on.</summary>
public readonly record struct Rate(double Burst, double PerSecond);

/// <summary>What bounds the relay. Sizes of entries stand in <see cref="Core.Limits"/>, which clients share.</summary>
public sealed record RelayLimits
{
    public Rate NoncesPerPeer { get; init; } = new(60, 10);

    public Rate CallsPerSession { get; init; } = new(1_000, 200);

    /// <summary>Of one account in one group, so that nobody starves the others' compare and swap.</summary>
    public Rate CommitsPerMember { get; init; } = new(1_000, 20);

    /// <summary>Of one device in one group.</summary>
    public Rate Attestations { get; init; } = new(8, 1.0 / 60);

    /// <summary>Of one device: how often its count of missed hints is believed. A client polls every 10 s while it misses some.</summary>
    public Rate MissReports { get; init; } = new(3, 0.1);

    /// <summary>Of one device: how often it may ask whether its streams work.</summary>
    public Rate Probes { get; init; } = new(6, 0.2);

    public Rate Registrations { get; init; } = new(100, 2);

    /// <summary>Accounts that one address gives back.</summary>
    public Rate RefillsPerPeer { get; init; } = new(60, 1);

    public Rate LinkPostsPerPeer { get; init; } = new(30, 1);

    public int Nonces { get; init; } = 100_000;

    public int Sessions { get; init; } = 100_000;

    public int SessionsPerKey { get; init; } = 8;

    public int Watchers { get; init; } = 10_000;

    public int WatchersPerDevice { get; init; } = 4;

    public int LinkMailboxes { get; init; } = 1_000;

    public int LinkWaiters { get; init; } = 2_000;

    public long CacheBytes { get; init; } = 64 << 20;

    /// <summary>Groups that an account founded or joined by invite before it founds no more; and as many again that others may put it into.</summary>
    public int GroupsPerAccount { get; init; } = 1_000;

    public long GroupBytes { get; init; } = 4L << 30;

    /// <summary>Branches of one group that are kept in a recovery window.</summary>
    public int BranchesPerGroup { get; init; } = 8;

    public long BranchBytes { get; init; } = 256 << 20;

    public long BranchBytesInAll { get; init; } = 4L << 30;

    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan DeviceSessionLifetime { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan LockerSessionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan InviteSessionLifetime { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan LinkLifetime { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan LinkWait { get; init; } = TimeSpan.FromSeconds(20);

    public TimeSpan StagedLifetime { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan SupersededLifetime { get; init; } = TimeSpan.FromDays(30);

    public TimeSpan TailInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often the canary row is written.</summary>
    public TimeSpan PulseInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Without a written canary for so long, the relay confirms nothing.</summary>
    public TimeSpan PulseLoss { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often watchers get a beat.</summary>
    public TimeSpan BeatInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the published heads are compared with the store.</summary>
    public TimeSpan AuditInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a head may stand in the store before it counts as not published.</summary>
    public TimeSpan AuditPatience { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan PruneInterval { get; init; } = TimeSpan.FromHours(1);
}
