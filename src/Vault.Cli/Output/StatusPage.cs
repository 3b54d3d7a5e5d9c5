using System.Globalization;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Output;

/// <summary>The status for people: who and where, the groups as a table, what needs a look. Fits 80 columns.</summary>
internal static class StatusPage
{
    public static void Print(Answer answer, GetStatusResponse status, bool withMembers)
    {
        answer.Parts(Headline(status));
        Groups(answer, status.Groups);
        if (withMembers)
        {
            answer.Line();
            answer.Table(["GROUP", "MEMBER", "DEVICE", "HEAD", "STANDS", "AGREED", "HEARD"], status.Groups.SelectMany(ConvergenceText.Rows));
        }

        if (StuckEditsText.Of(status.Groups) is { Length: > 0 } stuck)
        {
            answer.Line(stuck);
        }

        foreach (var line in Footer(status))
        {
            answer.Line(line);
        }
    }

    /// <summary>Groups as a table. What is remarked stands in the row, or at a terminal below: there a long last column would break every row.</summary>
    public static void Groups(Answer answer, IReadOnlyCollection<GroupView> groups)
    {
        string[] columns = ["GROUP", "ROLE", "FRESH", "HEAD", "PENDING", "CONFLICTS", "EPOCH", "DEVICES SEEN"];
        answer.Table(
            answer.IsTerminal ? columns : [.. columns, ""],
            groups.Select(group => answer.IsTerminal ? Row(group) : [.. Row(group), Remark(group)]));
        foreach (var group in groups.Where(group => answer.IsTerminal && Remark(group).Length > 0))
        {
            answer.Line($"{Names.OrId(group.Name, group.Id)}: {Remark(group)}");
        }
    }

    private static string[] Row(GroupView group) =>
    [
        Names.OrId(group.Name, group.Id),
        Names.Of(group.Role),
        FreshnessText.Of(group.Freshness),
        FreshnessText.Head(group.Freshness),
        Count(group.Freshness?.Pending),
        Count(group.Freshness?.Conflicts),
        group.Epoch.ToString(CultureInfo.InvariantCulture),
        group.Devices == 0 ? "–" : $"{group.DevicesAgreeing}/{group.Devices}",
    ];

    private static string[] Headline(GetStatusResponse status)
    {
        var account = status.Account;
        return
        [
            Names.OrId(account.Name, account.AccountId),
            Names.OrId(account.DeviceName, account.DeviceId),
            Names.Of(status.LockState) + (status.LocksInMs == 0 ? "" : $" (locks in {Durations.Format(status.LocksInMs)})"),
            $"relay {Place(account.Relay)}",
            Stream(status.Stream),
        ];
    }

    // Which relay, without how it is spoken to: the pin alone is longer than a line.
    private static string Place(string relay)
    {
        var place = relay.Split('#')[0];
        const string tls = "https://";
        return place.StartsWith(tls, StringComparison.Ordinal) ? place[tls.Length..] : place;
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

    private static IEnumerable<string> Footer(GetStatusResponse status)
    {
        if (status.Stream is { State: StreamState.Failing } failing)
        {
            var found = failing.MissedWhileFailing == 1 ? "1 change" : $"{failing.MissedWhileFailing} changes";
            yield return $"notifications: failing{Since(failing)} ({found} found by polling first); polling every {Every(failing)}";
        }
        else if (status.Stream is { State: StreamState.Down } down)
        {
            yield return $"notifications: none{Since(down)}, the stream is down; polling every {Every(down)}";
        }

        if (status.Unsigned > 0)
        {
            yield return UnsignedText.Of(status.Unsigned);
        }
    }

    private static string Every(StreamView stream) => $"{stream.PollIntervalMs / 1000}s";

    private static string Since(StreamView stream)
    {
        if (!stream.HasSinceMs)
        {
            return "";
        }

        var moment = DateTimeOffset.Now - TimeSpan.FromMilliseconds(Math.Min(stream.SinceMs, 1e12));
        var format = stream.SinceMs < TimeSpan.FromHours(20).TotalMilliseconds ? "HH:mm" : "yyyy-MM-dd HH:mm";
        return $" since {moment.ToString(format, CultureInfo.InvariantCulture)}";
    }

    private static string Remark(GroupView group)
    {
        var freshness = group.Freshness;
        var reason = freshness is { State: GroupState.Offline or GroupState.Stale, Reason.Length: > 0 } ? $"{Names.Of(freshness.State)}: {freshness.Reason}" : freshness?.Reason ?? "";
        var aside = freshness?.Quarantined switch { null or 0 => "", 1 => "1 edit kept aside", var count => $"{count} edits kept aside" };
        string[] remarks = [reason, aside, ConvergenceText.Remark(group)];
        return string.Join("; ", remarks.Where(remark => remark.Length > 0));
    }

    private static string Count(uint? count) => (count ?? 0).ToString(CultureInfo.InvariantCulture);
}
