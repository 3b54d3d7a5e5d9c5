using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Output;

/// <summary>Edits that are not sent although the relay answers: one line, or none.</summary>
internal static class StuckEditsText
{
    public static string Of(IEnumerable<GroupView> groups)
    {
        var stuck = groups.Where(group => group.Freshness is { Stuck: true }).ToList();
        return stuck.Count == 0
            ? ""
            : $"edits not sent although the relay answers: {string.Join(", ", stuck.Select(One))}; see svault doctor";
    }

    private static string One(GroupView group) =>
        $"{group.Freshness.Pending} of {Names.OrId(group.Name, group.Id)} for {Durations.Format(group.Freshness.OldestPendingMs)}";
}
