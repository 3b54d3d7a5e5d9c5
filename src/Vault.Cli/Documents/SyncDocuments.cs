using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Documents;

/// <summary>svault.sync.sync/v1</summary>
internal sealed record SyncDocument(string Schema, bool AllProven, ulong Applied, ulong Confirmed, uint Unsigned, GroupPart[] Groups);

/// <summary>svault.sync.status/v1</summary>
internal sealed record StatusDocument(
    string Schema, AccountPart Account, string State, ulong? LocksInMs, uint Unsigned, StreamPart? Stream, GroupPart[] Groups);

/// <summary>The notification path and the poll that watches it.</summary>
internal sealed record StreamPart(string State, ulong? SinceMs, double? RoundTripMs, ulong Missed, ulong MissedWhileFailing, uint PollIntervalMs, string? Reason)
{
    public static StreamPart? Of(StreamView? stream) => stream is null ? null : new(
        Names.Of(stream.State),
        stream.HasSinceMs ? stream.SinceMs : null,
        stream.HasRoundTripMs ? stream.RoundTripMs : null,
        stream.Missed,
        stream.MissedWhileFailing,
        stream.PollIntervalMs,
        Text.OrNull(stream.Reason));
}
