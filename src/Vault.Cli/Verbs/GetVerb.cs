using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>One field's value on standard output: exact bytes to a pipe.</summary>
internal static class GetVerb
{
    private static readonly Argument<string> _item = new("item")
    {
        Description = "group/item[#section.field], an id, or a URL. Without a field: the item's main secret.",
    };

    private static readonly Option<bool> _reveal = new("--reveal") { Description = "With --json: put a secret into the document." };

    private static readonly ReadFlags _read = new();

    public static Command Create() => Verb.Create("get", "Print one field's value.", RunAsync, [_item, _reveal, .. _read.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var items = await run.ItemsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading",
            items.GetFieldAsync(new GetFieldRequest { Selector = run.Value(_item), Read = _read.Of(run) }, cancellationToken: cancellation).ResponseAsync);
        try
        {
            run.Notices.Freshness(response.Item.Group, response.Freshness);
            if (run.Json)
            {
                var shown = run.Value(_reveal) || !response.Field.Concealed ? response.Value.ToStringUtf8() : null;
                run.Answer.Document(
                    new FieldDocument(
                        "svault.item.get/v1",
                        ItemPart.Of(response.Item),
                        FieldPart.Of(response.Field, shown),
                        FreshnessPart.Of(response.Freshness)),
                    Documents.Json.Default.FieldDocument);
            }
            else
            {
                run.Answer.Bytes(response.Value.Span);
            }

            return Verb.Ok;
        }
        finally
        {
            SecretBytes.Wipe(response.Value);
        }
    }
}
