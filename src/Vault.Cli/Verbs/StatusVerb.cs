using System.CommandLine;
using System.Globalization;
using Vault.Cli.Documents;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>How this device stands: account, lock, relay, and each group's freshness. Exit 0, 10, 8 or 12.</summary>
internal static class StatusVerb
{
    private static readonly Argument<string[]> _groups = Verb.Groups();

    private static readonly Option<bool> _fresh = new("--fresh") { Description = "Ask the relay for heads first." };

    public static Command Create() => Verb.Create(
        "status", "Show how fresh every group is. Exit 0 all proven, 10 stale, 8 conflict, 12 frozen.", RunAsync, _groups, _fresh);

    /// <summary>Groups as a table.</summary>
    internal static void Print(Invocation run, IEnumerable<GroupView> groups) => run.Answer.Table(
        ["GROUP", "ROLE", "FRESH", "HEAD", "PENDING", "CONFLICTS", "EPOCH", "DEVICES SEEN", ""],
        groups.Select(group => new[]
        {
            Names.OrId(group.Name, group.Id),
            Names.Of(group.Role),
            FreshnessText.Of(group.Freshness),
            FreshnessText.Head(group.Freshness),
            Count(group.Freshness?.Pending),
            Count(group.Freshness?.Conflicts),
            group.Epoch.ToString(CultureInfo.InvariantCulture),
            group.Devices == 0 ? "–" : $"{group.DevicesAgreeing}/{group.Devices}",
            Remark(group),
        }));

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var sync = await run.SyncAsync(cancellation);
        var status = await run.Notices.WhileAsync(
            "asking the relay",
            sync.GetStatusAsync(
                new GetStatusRequest { Groups = { run.Value(_groups) }, Fresh = run.Value(_fresh) }, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new StatusDocument(
                    "svault.sync.status/v1",
                    AccountPart.Of(status.Account),
                    Names.Of(status.LockState),
                    status.LocksInMs == 0 ? null : status.LocksInMs,
                    status.Unsigned,
                    StreamPart.Of(status.Stream),
                    [.. status.Groups.Select(GroupPart.Of)]),
                Documents.Json.Default.StatusDocument);
        }
        else
        {
            run.Answer.Line(Headline(status));
            Print(run, status.Groups);
            if (StuckEditsText.Of(status.Groups) is { Length: > 0 } stuck)
            {
                run.Answer.Line(stuck);
            }

            if (Footer(status) is { Length: > 0 } footer)
            {
                run.Answer.Line(footer);
            }
        }

        return FreshnessText.ExitCodeOf(status.Groups);
    }

    private static string Headline(GetStatusResponse status)
    {
        var account = status.Account;
        string[] parts =
        [
            Names.OrId(account.Name, account.AccountId),
            Names.OrId(account.DeviceName, account.DeviceId),
            Names.Of(status.LockState) + (status.LocksInMs == 0 ? "" : $" (locks in {Durations.Format(status.LocksInMs)})"),
            $"relay {account.Relay}",
            Stream(status.Stream),
        ];
        return string.Join(" · ", parts.Where(part => part.Length > 0));
    }

    private static string Stream(StreamView? stream)
    {
        if (stream is null)
        {
            return "";
        }

        var trip = stream.HasRoundTripMs ? string.Create(CultureInfo.InvariantCulture, $", {stream.RoundTripMs:0.#} ms") : "";
        var since = stream.HasSinceMs ? $" {Durations.Format(stream.SinceMs)}" : "";
        return $"stream {Names.Of(stream.State)}{since}{trip}";
    }

    private static string Footer(GetStatusResponse status)
    {
        List<string> lines = [];
        if (status.Stream is { State: StreamState.Failing } stream)
        {
            lines.Add(
                $"notifications: failing ({stream.Missed} changes found by polling first); polling every {Durations.Format(stream.PollIntervalMs)}");
        }

        if (status.Unsigned > 0)
        {
            lines.Add($"{status.Unsigned} edits wait for unlock");
        }

        return string.Join("; ", lines);
    }

    private static string Remark(GroupView group)
    {
        List<string> remarks = [];
        if (group.Freshness is { Reason.Length: > 0 } freshness)
        {
            remarks.Add(freshness.Reason);
        }

        if (group.Freshness is { Quarantined: > 0 } kept)
        {
            remarks.Add($"{kept.Quarantined} edits kept aside");
        }

        foreach (var lag in group.Lagging.Take(1))
        {
            var age = lag.HasSeenAgeMs ? $" for {Durations.Format(lag.SeenAgeMs)}" : "";
            remarks.Add(lag.HasBehind ? $"a device of {lag.Member} is {lag.Behind} changes behind{age}" : $"a device of {lag.Member} was never seen");
        }

        return string.Join("; ", remarks);
    }

    private static string Count(uint? count) => (count ?? 0).ToString(CultureInfo.InvariantCulture);
}
