using Vault.Client.Sync;
using Vault.Client.Transport;

namespace Vault.Client.Doctor;

/// <summary>The ways to the relay: how it is known, whether hints arrive, whether polls are answered, and what its clock says.</summary>
internal static class PathChecks
{
    // The design calls a hint late from here on.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    // Codes of invites and trash go by the wall clock; a minute does nothing to them, an hour does.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    public static IEnumerable<CheckResult> Of(RelayAddress relay, ProbeResult probe, ConnectionStatus connection) =>
        [Tls(relay, connection), Notifications(probe, connection), Poll(probe), Clock(probe)];

    public static CheckResult Tls(RelayAddress relay, ConnectionStatus connection) => connection.Fault?.Code switch
    {
        Protocol.V1.FaultCode.BadPin => new("tls", CheckState.Fail, connection.Reason, "Ask the operator for the relay's address with its pin; never go on without knowing why it changed."),
        Protocol.V1.FaultCode.WrongRelayName => new("tls", CheckState.Fail, connection.Reason, "Ask the operator under which name the relay is to be dialled."),
        _ when relay.Pin is not null => new("tls", CheckState.Ok, $"TLS to {relay.RelayName}, its key pinned"),
        _ when relay.Uri.Scheme == Uri.UriSchemeHttps => new("tls", CheckState.Ok, $"TLS to {relay.RelayName}, judged by this machine's certificate authorities"),
        _ => new("tls", CheckState.Ok, $"plaintext to {relay.RelayName}, which is this machine"),
    };

    /// <summary>End to end: a nonce that came back proves the path now; a change that a poll found first says that it failed before.</summary>
    public static CheckResult Notifications(ProbeResult probe, ConnectionStatus connection) => probe switch
    {
        { ByStream: { } took } when connection.NotificationsFailing => new(
            "notifications", CheckState.Warn,
            $"a nonce came back by the stream in {Ms(took)}, and yet polls found {Changes(connection.MissedHints)} that no hint announced",
            "svault doctor --fix"),
        { ByStream: { } took } when took > Slow => new("notifications", CheckState.Warn, $"a nonce took {Ms(took)} to come back by the stream", "svault doctor --fix"),
        { ByStream: { } took } => new("notifications", CheckState.Ok, $"a nonce came back by the stream in {Ms(took)}"),
        { Streams: null, ByPoll: not null } => new("notifications", CheckState.Warn, $"the relay did not take a nonce: {probe.StreamReason}", "Try again in a minute; else ask the operator to update the relay."),
        _ => new("notifications", CheckState.Fail, $"no nonce came back by the stream: {probe.StreamReason}", "svault doctor --fix"),
    };

    public static CheckResult Poll(ProbeResult probe) => probe.ByPoll is { } took
        ? new("poll", CheckState.Ok, $"a poll on its own connection was answered in {Ms(took)}")
        : new("poll", CheckState.Fail, $"a poll was not answered: {probe.PollReason}", "svault doctor --fix");

    public static CheckResult Clock(ProbeResult probe) => probe.ClockAhead switch
    {
        null when probe.ByPoll is null => new("clock", CheckState.Skipped, "no relay answers to compare with; nothing here depends on it"),
        null => new("clock", CheckState.Skipped, "the relay's transport says no time; nothing here depends on it"),
        { } ahead when ahead.Duration() <= ClockTolerance => new("clock", CheckState.Ok, "this device's clock and the relay's agree to within two minutes"),
        { } ahead => new(
            "clock", CheckState.Warn,
            $"this device's clock is {ahead.Duration().TotalMinutes:0} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the relay's; freshness does not go by it, shown times do",
            "timedatectl set-ntp true"),
    };

    private static string Changes(int count) => count == 1 ? "1 change" : $"{count} changes";

    private static string Ms(TimeSpan span) => $"{Math.Max(1, span.TotalMilliseconds):0} ms";
}
