using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Throws an edit away, after naming what is lost. Exit 8 when it is signed and may stand already.</summary>
internal static class OutboxDiscardVerb
{
    private static readonly Argument<string> _op = new("op") { Description = "The edit by its op id, at least 6 digits." };

    public static Command Create() => Verb.Create(
        "discard", "Throw an edit away for good. Exit 8 if it is signed and may stand already. Example: svault outbox discard 3f09c2 --yes", RunAsync, _op);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var outbox = await run.OutboxAsync(cancellation);
        var listed = await outbox.ListOutboxAsync(new ListOutboxRequest(), cancellationToken: cancellation);
        var op = run.Value(_op);

        // What is named wrongly is refused by the agent: then there is nothing to ask.
        if (listed.Edits.Where(edit => edit.OpId.StartsWith(op, StringComparison.OrdinalIgnoreCase)).ToArray() is [var one])
        {
            run.Ask.Confirm($"Lose this edit? {OutboxVerb.Place(one)}: {OutboxVerb.Deed(one)}. It is saved nowhere else.");
            op = one.OpId;
        }

        var response = await outbox.DiscardEditAsync(new DiscardEditRequest { Op = op }, cancellationToken: cancellation);
        if (run.Json)
        {
            run.Answer.Document(
                new OutboxDiscardDocument(
                    "svault.outbox.discard/v1", OutboxPart.Of(response.Edit), response.Item is null ? null : ItemPart.Of(response.Item)),
                Documents.Json.Default.OutboxDiscardDocument);
            return Verb.Ok;
        }

        run.Answer.Line($"Lost: {OutboxVerb.Place(response.Edit)}: {OutboxVerb.Deed(response.Edit)}.");
        return Verb.Ok;
    }
}
