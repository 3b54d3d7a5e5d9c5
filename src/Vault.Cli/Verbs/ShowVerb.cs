using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>An item whole, secrets masked unless revealed.</summary>
internal static class ShowVerb
{
    private static readonly Argument<string> _item = new("item") { Description = "group/item, an id, or a URL." };

    private static readonly Option<bool> _reveal = new("--reveal") { Description = "Show secrets." };

    private static readonly ReadFlags _read = new();

    public static Command Create() => Verb.Create("show", "Show an item.", RunAsync, [_item, _reveal, .. _read.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var reveal = run.Value(_reveal);
        var items = await run.ItemsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading",
            items.ShowItemAsync(
                new ShowItemRequest { Selector = run.Value(_item), Reveal = reveal, Read = _read.Of(run) }, cancellationToken: cancellation).ResponseAsync);
        run.Notices.Freshness(response.Item.Summary.Group, response.Freshness);
        if (run.Json)
        {
            run.Answer.Document(ItemDocument.Of(response.Item, response.Freshness, reveal), Documents.Json.Default.ItemDocument);
            return Verb.Ok;
        }

        Print(run.Answer, response.Item);
        return Verb.Ok;
    }

    private static void Print(Answer answer, ItemView item)
    {
        var summary = item.Summary;
        answer.Line($"{summary.Group}/{summary.Title}{Marks(summary)}");
        answer.Pairs(
        [
            ("type", Names.Of(summary.Type)),
            .. item.Fields.Where(field => field.HasValue).Select(field => (Label(field), Value(field))),
            .. item.Urls.Select(url => (url.Label.Length == 0 ? "url" : url.Label, url.Url)),
            ("tags", string.Join(", ", summary.Tags)),
            .. item.Attachments.Select(file => ("file", $"{file.Name} ({file.Size} bytes)")),
            ("changed", Durations.Utc(summary.ModifiedMs) ?? ""),
            ("id", summary.Id),
        ]);
        if (item.HasNotes)
        {
            answer.Line();
            foreach (var line in (item.Notes.Length > 0 ? item.Notes : Names.Mask).Split('\n'))
            {
                answer.Line(line);
            }
        }
    }

    private static string Label(FieldView field) => Names.InSection(field.Section, field.Label);

    private static string Value(FieldView field) => field.Value.Length > 0 ? field.Value : Names.Mask;

    /// <summary>What is unusual about an item, after its name.</summary>
    internal static string Marks(ItemSummary item)
    {
        string[] marks =
        [
            .. item.Conflict ? ["conflict"] : Array.Empty<string>(),
            .. item.Damaged ? ["damaged"] : Array.Empty<string>(),
            .. item.Pending ? ["pending"] : Array.Empty<string>(),
            .. item.Trashed ? ["in the trash"] : Array.Empty<string>(),
        ];
        return marks.Length == 0 ? "" : $" ({string.Join(", ", marks)})";
    }
}
