using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Lists what waits. Works locked, then without titles.</summary>
internal static class OutboxListVerb
{
    private static readonly Argument<string[]> _groups = Verb.Groups();

    public static Command Create() => Verb.Create(
        "list", "List edits that wait or were set aside, oldest first. Example: svault outbox list family", RunAsync, _groups);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var outbox = await run.OutboxAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading", outbox.ListOutboxAsync(new ListOutboxRequest { Groups = { run.Value(_groups) } }, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new OutboxListDocument("svault.outbox.list/v1", [.. response.Edits.Select(OutboxPart.Of)]), Documents.Json.Default.OutboxListDocument);
            return Verb.Ok;
        }

        if (response.Edits.Count == 0)
        {
            run.Notices.Line("svault: nothing waits");
            return Verb.Ok;
        }

        run.Answer.Table(
            ["OP", "ITEM", "EDIT", "STATE", "AGE"],
            response.Edits.Select(edit => new[] { OutboxVerb.Op(edit), OutboxVerb.Place(edit), OutboxVerb.Deed(edit), Names.Of(edit.State), Durations.Age(edit.MadeMs) }));
        foreach (var edit in response.Edits.Where(edit => edit.Reason.Length > 0))
        {
            run.Answer.Line($"{OutboxVerb.Op(edit)}: {edit.Reason} ({edit.FaultName})");
        }

        return Verb.Ok;
    }
}
