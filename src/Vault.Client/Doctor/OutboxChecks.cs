using Vault.Client.Groups;

namespace Vault.Client.Doctor;

/// <summary>Edits that wait or were set aside.</summary>
internal static class OutboxChecks
{
    public static IEnumerable<CheckResult> Of(IReadOnlyList<(string Group, GroupStatus Status)> groups, bool isLocked, string mended = "") =>
        [Waiting(groups, isLocked) with { Mended = mended }, SetAside(groups)];

    public static CheckResult Waiting(IReadOnlyList<(string Group, GroupStatus Status)> groups, bool isLocked)
    {
        var waiting = groups.Where(group => group.Status.Pending > 0).ToList();
        var stuck = waiting.Where(group => group.Status.IsStuck).ToList();
        if (stuck.Count > 0)
        {
            var reasons = stuck.Select(group =>
                $"{group.Group}: {group.Status.Pending} for {Age(group.Status.OldestPending)}{(group.Status.Fault is { } fault ? $" ({fault})" : "")}");
            return new("outbox", CheckState.Fail, $"edits are not sent although the relay answers: {string.Join("; ", reasons)}", "svault doctor --fix");
        }

        if (waiting.Count == 0)
        {
            return new("outbox", CheckState.Ok, "no edit waits");
        }

        var count = waiting.Sum(group => group.Status.Pending);
        var oldest = Age(waiting.Max(group => group.Status.OldestPending));
        return isLocked
            ? new("outbox", CheckState.Warn, $"{count} edits wait for an unlock, the oldest for {oldest}", "svault unlock")
            : new("outbox", CheckState.Ok, $"{count} edits wait to be sent, the oldest for {oldest}");
    }

    public static CheckResult SetAside(IReadOnlyList<(string Group, GroupStatus Status)> groups)
    {
        var aside = groups.Where(group => group.Status.Quarantined > 0).ToList();
        return aside.Count == 0
            ? new("set-aside", CheckState.Ok, "no edit was set aside")
            : new(
                "set-aside", CheckState.Warn,
                $"edits were set aside: {string.Join(", ", aside.Select(group => $"{group.Status.Quarantined} of {group.Group}"))}",
                "svault outbox list, then svault outbox retry or discard");
    }

    private static string Age(TimeSpan? age) => age switch
    {
        null => "an unknown time",
        { TotalMinutes: < 2 } => $"{age.Value.TotalSeconds:0} s",
        { TotalHours: < 2 } => $"{age.Value.TotalMinutes:0} min",
        { TotalDays: < 2 } => $"{age.Value.TotalHours:0} h",
        _ => $"{age.Value.TotalDays:0} days",
    };
}
