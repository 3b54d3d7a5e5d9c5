using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Writes what shows that a group was forked to a file that anybody can judge.</summary>
internal static class GroupEvidenceVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();
    private static readonly Option<string> _to = new("--to") { Description = "File to write. It names no item; it holds the members' public keys.", Required = true };

    public static Command Create() => Verb.Create(
        "evidence", "Write the two commits that fork a group to a file that others can verify. Example: svault group evidence family --to fork.bin",
        RunAsync, _group, _to);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var forks = await run.ForksAsync(cancellation);
        var response = await forks.ExportEvidenceAsync(new ExportEvidenceRequest { Group = run.Value(_group) }, cancellationToken: cancellation);
        var path = run.Value(_to)!;
        NewFile.Write(path, _to.Name, response.File.Span);
        if (run.Json)
        {
            run.Answer.Document(EvidenceDocument.Of("svault.group.evidence/v1", path, response.Fork), Documents.Json.Default.EvidenceDocument);
            return Verb.Ok;
        }

        run.Answer.Line($"{path}: two commits at position {response.Fork.Seq}. Others read it with: svault evidence verify {path}");
        return Verb.Ok;
    }
}
