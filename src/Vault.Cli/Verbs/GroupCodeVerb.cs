using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Words for a group at its head, to compare with somebody by voice or eye.</summary>
internal static class GroupCodeVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    private static readonly ReadFlags _read = new();

    public static Command Create() => Verb.Create(
        "code", "Print six words to compare: alike on two devices exactly when both verified the same commit.", RunAsync, [_group, .. _read.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var groups = await run.GroupsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading",
            groups.GetGroupCodeAsync(new GetGroupCodeRequest { Group = run.Value(_group), Read = _read.Of(run) }, cancellationToken: cancellation).ResponseAsync);
        run.Notices.Freshness(run.Value(_group), response.Group.Freshness);
        if (run.Json)
        {
            run.Answer.Document(
                new GroupCodeDocument("svault.group.code/v1", GroupPart.Of(response.Group), [.. response.Words], response.Seq, response.CommitId),
                Documents.Json.Default.GroupCodeDocument);
            return Verb.Ok;
        }

        run.Answer.Line(string.Join(' ', response.Words));
        run.Notices.Line($"svault: of {response.Group.Name} at {response.Seq}; the same words on another device mean the same history");
        return Verb.Ok;
    }
}
