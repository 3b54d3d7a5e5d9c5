using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Puts an item into the trash, or deletes it.</summary>
internal static class RmVerb
{
    private static readonly Argument<string> _item = new("item") { Description = "group/item, an id, or a URL." };

    private static readonly Option<bool> _forever = new("--forever") { Description = "Delete it. Nobody in the group can bring it back." };

    private static readonly WriteFlags _write = new();

    public static Command Create() => Verb.Create("rm", "Put an item into the trash.", RunAsync, [_item, _forever, .. _write.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var forever = run.Value(_forever);
        var items = await run.ItemsAsync(cancellation);
        var item = run.Value(_item);
        if (forever)
        {
            // Found first: a question about what is not there, or about another item than the one that goes, is none.
            var found = (await items.ShowItemAsync(new ShowItemRequest { Selector = item, Trash = true }, cancellationToken: cancellation)).Item.Summary;
            run.Ask.Confirm($"Delete {found.Group}/{found.Title} for everybody, for ever?");
            item = found.Id;
        }

        var response = await run.Notices.WhileAsync(
            "saving",
            items.RemoveItemAsync(
                new RemoveItemRequest { Selector = item, Forever = forever, WaitMs = _write.WaitMs(run) },
                cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(ItemWriteDocument.Of("rm", response.Item, response.Write), Documents.Json.Default.ItemWriteDocument);
        }
        else
        {
            run.Answer.Line($"{(forever ? "Deleted" : "Moved to the trash:")} {response.Item.Group}/{response.Item.Title}.");
        }

        return run.Notices.Write(response.Write, _write.MustConfirm(run));
    }
}
