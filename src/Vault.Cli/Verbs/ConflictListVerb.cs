using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Lists conflicts.</summary>
internal static class ConflictListVerb
{
    private static readonly Argument<string[]> _groups = Verb.Groups();

    public static Command Create() => Verb.Create(
        "list", "List conflicts that nobody has settled. Example: svault conflict list family", RunAsync, _groups);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var conflicts = await run.ConflictsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading", conflicts.ListConflictsAsync(new ListConflictsRequest { Groups = { run.Value(_groups) } }, cancellationToken: cancellation).ResponseAsync);
        foreach (var group in response.Groups)
        {
            run.Notices.Freshness(group.Group, group.Freshness);
        }

        if (run.Json)
        {
            run.Answer.Document(
                new ConflictListDocument("svault.conflict.list/v1", [.. response.Conflicts.Select(one => ConflictPart.Of(one, reveal: false))]),
                Documents.Json.Default.ConflictListDocument);
        }
        else if (response.Conflicts.Count == 0)
        {
            run.Notices.Line("svault: no conflicts");
        }
        else
        {
            run.Answer.Table(
                ["COPY", "ITEM", "DIFFERS IN", "ITEM BY", "COPY BY"],
                response.Conflicts.Select(one => new[]
                {
                    ConflictVerb.Id(one.Copy),
                    $"{one.Copy.Group}/{one.Copy.Title}",
                    one.Item is null ? "the item was deleted" : string.Join(", ", one.Differences.Select(ConflictVerb.Label)),
                    one.Item is null ? "" : ConflictVerb.By(one.ItemAuthor, one.ItemOwn),
                    ConflictVerb.By(one.CopyAuthor, one.CopyOwn),
                }));
        }

        return Verb.Ok;
    }
}
