using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Shows in what an item and its conflict copy differ, secrets masked unless told otherwise.</summary>
internal static class ConflictShowVerb
{
    private static readonly Argument<string> _conflict = ConflictVerb.Argument();

    private static readonly Option<bool> _reveal = new("--reveal") { Description = "Show secrets too." };

    public static Command Create() => Verb.Create(
        "show", "Show in what an item and its copy differ. Example: svault conflict show family/Router --reveal", RunAsync, _conflict, _reveal);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var reveal = run.Value(_reveal);
        var conflicts = await run.ConflictsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading",
            conflicts.ShowConflictAsync(new ShowConflictRequest { Selector = run.Value(_conflict), Reveal = reveal }, cancellationToken: cancellation).ResponseAsync);
        var conflict = response.Conflict;
        run.Notices.Freshness(conflict.Copy.Group, response.Freshness);
        if (run.Json)
        {
            run.Answer.Document(
                new ConflictDocument("svault.conflict.show/v1", ConflictPart.Of(conflict, reveal), FreshnessPart.Of(response.Freshness)),
                Documents.Json.Default.ConflictDocument);
            return Verb.Ok;
        }

        run.Answer.Line($"{conflict.Copy.Group}/{(conflict.Item ?? conflict.Copy).Title}");
        run.Answer.Pairs(
        [
            ("item", conflict.Item is null ? "deleted for ever" : $"{conflict.ItemId} by {ConflictVerb.By(conflict.ItemAuthor, conflict.ItemOwn)}{Marks(conflict.Item)}"),
            ("copy", $"{conflict.Copy.Id} by {ConflictVerb.By(conflict.CopyAuthor, conflict.CopyOwn)}"),
        ]);
        run.Answer.Line();
        run.Answer.Table(
            ["PART", "ITEM", "COPY"],
            conflict.Differences.Select(one => new[]
            {
                ConflictVerb.Label(one),
                Value(one.InItem, one.ItemValue, one.Concealed && !reveal),
                Value(one.InCopy, one.CopyValue, one.Concealed && !reveal),
            }));
        return Verb.Ok;
    }

    private static string Marks(ItemSummary item) => item.Trashed ? ", in the trash" : "";

    private static string Value(bool isThere, string value, bool isMasked) => !isThere ? "–" : isMasked ? Names.Mask : value.Replace('\n', ' ');
}
