using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Takes an item out of the trash.</summary>
internal static class RestoreVerb
{
    private static readonly Argument<string> _item = new("item") { Description = "An id, as ls --trash shows it, or group/item." };

    private static readonly WriteFlags _write = new();

    public static Command Create() => Verb.Create(
        "restore", "Take an item out of the trash. Example: svault restore family/Router", RunAsync, [_item, .. _write.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var items = await run.ItemsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "saving",
            items.RestoreItemAsync(
                new RestoreItemRequest { Selector = run.Value(_item), WaitMs = _write.WaitMs(run) }, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(ItemWriteDocument.Of("restore", response.Item, response.Write), Documents.Json.Default.ItemWriteDocument);
        }
        else
        {
            run.Answer.Line($"Restored {response.Item.Group}/{response.Item.Title}.");
        }

        return run.Notices.Write(response.Write, _write.MustConfirm(run));
    }
}
