using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>evidence verify: what a file shows, without account, group or keys. Exit 12 when it shows a fork.</summary>
internal static class EvidenceVerb
{
    private static readonly Argument<string> _file = new("file") { Description = "An evidence file." };

    public static Command Create() => Verb.Group(
        "evidence",
        "Files that show a fork.",
        Verb.Create(
            "verify", "Judge an evidence file. Exit 12 if it shows a fork, 2 if it is none. Example: svault evidence verify fork.bin", VerifyAsync, _file));

    private static async Task<ExitCode> VerifyAsync(Invocation run, CancellationToken cancellation)
    {
        var path = run.Value(_file) is { Length: > 0 } named ? Path.GetFullPath(named) : throw Usage.Wrong("No file is named.", "Name an evidence file.");
        var forks = await run.ForksAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "verifying", forks.VerifyEvidenceAsync(new VerifyEvidenceRequest { Path = path }, cancellationToken: cancellation).ResponseAsync);
        var fork = response.Fork;
        if (run.Json)
        {
            run.Answer.Document(EvidenceDocument.Of("svault.evidence.verify/v1", path, fork), Documents.Json.Default.EvidenceDocument);
            return ExitCode.Integrity;
        }

        run.Answer.Line($"A fork of group {fork.GroupId} at position {fork.Seq}: two valid commits follow {fork.PredecessorId}.");
        run.Answer.Table(
            ["COMMIT", "SIGNED BY ACCOUNT", "DEVICE"],
            new[] { fork.Ours, fork.Theirs }.Select(commit => new[] { commit.CommitId, commit.AuthorId, commit.DeviceId }));
        return ExitCode.Integrity;
    }
}
