using System.CommandLine;
using Google.Protobuf;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Adds an item.</summary>
internal static class AddVerb
{
    private static readonly Argument<string> _type = TypeArgument();

    private static readonly Argument<string> _item = new("item") { Description = "group/title; a title alone goes into the personal group." };

    private static readonly FieldFlags _fields = new();

    private static readonly Option<string[]> _url = new("--url", "-u") { Description = "Where it is used.", HelpName = "url" };

    private static readonly Option<string[]> _tag = new("--tag", "-t") { Description = "A tag.", HelpName = "tag" };

    private static readonly WriteFlags _write = new();

    public static Command Create() => Verb.Create(
        "add",
        "Add an item. Its main secret is asked for, unless it is given or generated.",
        RunAsync,
        [_type, _item, .. _fields.Symbols, _url, _tag, .. _write.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var (group, title) = Split(run.Value(_item));
        var request = new AddItemRequest
        {
            Group = group,
            Type = Names.ItemTypeOf(run.Value(_type)),
            Title = title,
            Urls = { run.Values(_url) },
            Tags = { run.Values(_tag) },
            WaitMs = _write.WaitMs(run),
        };
        var items = await run.ItemsAsync(cancellation);
        var template = await items.GetTemplateAsync(new GetTemplateRequest { Type = request.Type }, cancellationToken: cancellation);
        var primary = template.Fields.FirstOrDefault(field => field.Primary);
        try
        {
            if (_fields.Notes(run) is { } notes)
            {
                request.Notes = SecretBytes.Wrap(notes);
            }

            request.Fields.AddRange(_fields.Fields(run, GeneratedField(run, primary)));
            if (primary is not null && !_fields.HasSecrets(run) && run.Ask.IsPossible)
            {
                request.Fields.Add(AskFor(run, primary));
            }

            var response = await run.Notices.WhileAsync("saving", items.AddItemAsync(request, cancellationToken: cancellation).ResponseAsync);
            Report(run, response);
            return run.Notices.Write(response.Write, _write.MustConfirm(run));
        }
        finally
        {
            Wipe(request.Fields, request.Notes);
        }
    }

    /// <summary>Overwrites the secrets of a request. Open values go with them: nobody reads the request again.</summary>
    internal static void Wipe(IEnumerable<FieldInput> fields, ByteString notes)
    {
        SecretBytes.Wipe(notes);
        foreach (var field in fields.Where(field => field.SourceCase == FieldInput.SourceOneofCase.Value))
        {
            SecretBytes.Wipe(field.Value);
        }
    }

    private static Argument<string> TypeArgument()
    {
        var argument = new Argument<string>("type") { Description = string.Join(", ", Names.ItemTypes), HelpName = "type" };
        argument.AcceptOnlyFromAmong(Names.ItemTypes);
        return argument;
    }

    private static string? GeneratedField(Invocation run, TemplateField? primary)
    {
        if (!_fields.Generates(run))
        {
            return null;
        }

        return _fields.GeneratedField(run) ?? primary?.Id
            ?? throw Usage.Wrong("This type has no main secret field.", "Name the field: --generate-field name.");
    }

    private static FieldInput AskFor(Invocation run, TemplateField primary)
    {
        var typed = run.Ask.Secret($"{primary.Label} (empty: generate)", "--secret");
        return typed.Length > 0
            ? FieldFlags.Secret(primary.Id, typed)
            : new FieldInput { Name = primary.Id, Generate = new Generator() };
    }

    // Which group that is, the agent decides; here only the first slash counts, and %2F is none.
    private static (string Group, string Title) Split(string item)
    {
        var slash = item.IndexOf('/', StringComparison.Ordinal);
        var title = Uri.UnescapeDataString(item[(slash + 1)..]);
        return title.Length == 0
            ? throw Usage.Wrong("The title is missing.", "Write group/title.")
            : (slash < 0 ? "" : Uri.UnescapeDataString(item[..slash]), title);
    }

    private static void Report(Invocation run, AddItemResponse response)
    {
        if (run.Json)
        {
            run.Answer.Document(
                ItemWriteDocument.Of("add", response.Item, response.Write), Documents.Json.Default.ItemWriteDocument);
            return;
        }

        run.Answer.Line($"Added {response.Item.Group}/{response.Item.Title} ({response.Item.Id}).");
    }
}
