using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Exit 0 only if every named group is proven at the relay's head and its edits are confirmed.</summary>
internal static class SyncVerb
{
    private static readonly Argument<string[]> _groups = Verb.Groups();

    private static readonly Option<string> _timeout = new("--timeout")
    {
        Description = "How long to try.",
        HelpName = "span",
        DefaultValueFactory = _ => "15s",
    };

    public static Command Create() => Verb.Create("sync", "Send what waits and prove every group's head.", RunAsync, _groups, _timeout);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var timeout = Math.Clamp(Durations.Parse(run.Value(_timeout)!).TotalMilliseconds, 1, 600_000);
        var sync = await run.SyncAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "syncing",
            sync.SyncAsync(new SyncRequest { Groups = { run.Value(_groups) }, TimeoutMs = (uint)timeout }, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new SyncDocument(
                    "svault.sync.sync/v1", response.AllProven, response.Applied, response.Confirmed, response.Unsigned, [.. response.Groups.Select(GroupPart.Of)]),
                Documents.Json.Default.SyncDocument);
        }
        else
        {
            StatusPage.Groups(run.Answer, response.Groups);
            if (response.Unsigned > 0)
            {
                run.Notices.Line($"svault: {UnsignedText.Of(response.Unsigned)}");
            }
        }

        return response.AllProven ? Verb.Ok : Failure(response.Groups);
    }

    private static ExitCode Failure(IReadOnlyCollection<GroupView> groups)
    {
        var code = FreshnessText.ExitCodeOf(groups);
        var offline = groups.Any(group => group.Freshness?.State == GroupState.Offline);
        var isSetAside = groups.All(group => group.Freshness is { Pending: 0, MissingBlobs: 0 }) && groups.Any(group => group.Freshness?.Quarantined > 0);
        // Fresh by age, and yet something asked for is missing: not proven is what it is. What was set aside is a person's to settle.
        return code is ExitCode.Integrity or ExitCode.NewerFormat || (code is ExitCode.Conflict && isSetAside) ? code
            : offline ? ExitCode.Offline : ExitCode.Stale;
    }
}
