using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Changes the named parts of an item; everything else stays as others may change it meanwhile.</summary>
internal static class EditVerb
{
    private static readonly Argument<string> _item = new("item") { Description = "group/item, an id, or a URL." };

    private static readonly Option<string?> _title = new("--title") { Description = "A new title.", HelpName = "title" };

    private static readonly FieldFlags _fields = new();

    private static readonly Option<string[]> _removeField = new("--remove-field") { Description = "Remove a field.", HelpName = "name" };

    private static readonly Option<string[]> _url = new("--url", "-u") { Description = "Add a URL.", HelpName = "url" };

    private static readonly Option<string[]> _removeUrl = new("--remove-url") { Description = "Remove a URL.", HelpName = "url" };

    private static readonly Option<string[]> _tag = new("--tag", "-t") { Description = "Add a tag.", HelpName = "tag" };

    private static readonly Option<string[]> _removeTag = new("--remove-tag") { Description = "Remove a tag.", HelpName = "tag" };

    private static readonly WriteFlags _write = new();

    public static Command Create() => Verb.Create(
        "edit",
        "Change an item.",
        RunAsync,
        [_item, _title, .. _fields.Symbols, _removeField, _url, _removeUrl, _tag, _removeTag, .. _write.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var items = await run.ItemsAsync(cancellation);
        var request = new EditItemRequest
        {
            Selector = run.Value(_item),
            RemoveFields = { run.Values(_removeField) },
            AddUrls = { run.Values(_url) },
            RemoveUrls = { run.Values(_removeUrl) },
            AddTags = { run.Values(_tag) },
            RemoveTags = { run.Values(_removeTag) },
            WaitMs = _write.WaitMs(run),
        };
        if (run.Value(_title) is { } title)
        {
            request.Title = title;
        }

        try
        {
            if (_fields.Notes(run) is { } notes)
            {
                request.Notes = SecretBytes.Wrap(notes);
            }

            request.SetFields.AddRange(_fields.Fields(run, await GeneratedFieldAsync(run, items, request.Selector, cancellation)));
            var response = await run.Notices.WhileAsync("saving", items.EditItemAsync(request, cancellationToken: cancellation).ResponseAsync);
            Report(run, response);
            return response.Unchanged ? Verb.Ok : run.Notices.Write(response.Write, _write.MustConfirm(run));
        }
        finally
        {
            AddVerb.Wipe(request.SetFields, request.Notes);
        }
    }

    // The main field depends on the type, and only the agent knows what the selector names.
    private static async Task<string?> GeneratedFieldAsync(
        Invocation run, ItemService.ItemServiceClient items, string selector, CancellationToken cancellation)
    {
        if (!_fields.Generates(run) || _fields.GeneratedField(run) is not null)
        {
            return _fields.GeneratedField(run);
        }

        var shown = await items.ShowItemAsync(new ShowItemRequest { Selector = selector }, cancellationToken: cancellation);
        var template = await items.GetTemplateAsync(
            new GetTemplateRequest { Type = shown.Item.Summary.Type }, cancellationToken: cancellation);
        return template.Fields.FirstOrDefault(field => field.Primary)?.Id
            ?? throw Usage.Wrong("This item has no main secret field.", "Name the field: --generate-field name.");
    }

    private static void Report(Invocation run, EditItemResponse response)
    {
        if (run.Json)
        {
            run.Answer.Document(
                ItemWriteDocument.Of("edit", response.Item, response.Write ?? new WriteOutcome { State = WriteState.Confirmed }, response.Unchanged),
                Documents.Json.Default.ItemWriteDocument);
            return;
        }

        var name = $"{response.Item.Group}/{response.Item.Title}";
        run.Answer.Line(response.Unchanged ? $"{name} is that way already." : $"Changed {name}.");
    }
}
