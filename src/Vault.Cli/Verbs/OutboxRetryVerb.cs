using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Puts edits that were set aside back into the queue. Exit 8 when all are set aside again, 11 when some are.</summary>
internal static class OutboxRetryVerb
{
    private static readonly Argument<string[]> _ops = new("op") { Description = "Edits by op id, at least 6 digits.", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<bool> _all = new("--all") { Description = "Every edit that was set aside." };

    private static readonly WriteFlags _write = new();

    public static Command Create() => Verb.Create(
        "retry", "Send edits again that were set aside. Example: svault outbox retry --all", RunAsync, [_ops, _all, .. _write.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var (ops, all) = (run.Value(_ops), run.Value(_all));
        if (all == ops.Length > 0)
        {
            throw Usage.Wrong("Name the edits, or say --all.", "svault outbox list");
        }

        var outbox = await run.OutboxAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "sending",
            outbox.RetryEditsAsync(new RetryEditsRequest { Ops = { ops }, All = all, WaitMs = _write.WaitMs(run) }, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new OutboxRetryDocument(
                    "svault.outbox.retry/v1",
                    [.. response.Edits.Select(one => new RetriedPart(OutboxPart.Of(one.Edit), one.Write is null ? null : WritePart.Of(one.Write)))]),
                Documents.Json.Default.OutboxRetryDocument);
        }
        else
        {
            Print(run, response.Edits);
        }

        var aside = response.Edits.Count(one => one.Write is null);
        return aside == 0
            ? Written(run, response.Edits.Select(one => one.Write).FirstOrDefault(write => write.State != WriteState.Confirmed))
            : aside == response.Edits.Count ? ExitCode.Conflict : ExitCode.Partial;
    }

    private static ExitCode Written(Invocation run, WriteOutcome? unconfirmed) =>
        unconfirmed is null ? Verb.Ok : run.Notices.Write(unconfirmed, _write.MustConfirm(run));

    private static void Print(Invocation run, IReadOnlyCollection<RetriedEdit> edits)
    {
        if (edits.Count == 0)
        {
            run.Notices.Line("svault: nothing was set aside");
        }

        foreach (var one in edits)
        {
            var outcome = one.Write is null ? $"set aside again: {one.Edit.Reason}" : one.Write.State == WriteState.Confirmed ? "saved" : "waits";
            run.Answer.Line($"{OutboxVerb.Op(one.Edit)}  {OutboxVerb.Place(one.Edit)}  {outcome}");
        }
    }
}
