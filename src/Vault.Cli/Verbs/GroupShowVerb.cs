using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Input;
using Vault.Cli.Output;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>One group with its members.</summary>
internal static class GroupShowVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    private static readonly ReadFlags _read = new();

    public static Command Create() => Verb.Create("show", "Show a group and its members.", RunAsync, [_group, .. _read.Symbols]);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var groups = await run.GroupsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "reading",
            groups.ShowGroupAsync(new ShowGroupRequest { Group = run.Value(_group), Read = _read.Of(run) }, cancellationToken: cancellation).ResponseAsync);
        var group = response.Group;
        run.Notices.Freshness(run.Value(_group), group.Freshness);
        if (run.Json)
        {
            run.Answer.Document(
                new GroupDocument(
                    "svault.group.show/v1",
                    GroupPart.Of(group),
                    Text.OrNull(response.Description),
                    [.. response.Members.Select(MemberPart.Of)],
                    response.OpenInvites),
                Documents.Json.Default.GroupDocument);
            return Verb.Ok;
        }

        run.Answer.Line(group.Name);
        run.Answer.Pairs(
            ("description", response.Description),
            ("role", Names.Of(group.Role)),
            ("fresh", FreshnessText.Of(group.Freshness)),
            ("others", ConvergenceText.Witness(group.Witness)),
            ("head", FreshnessText.Head(group.Freshness)),
            ("epoch", group.RotationDue ? $"{group.Epoch}, rotation due" : $"{group.Epoch}"),
            ("items", $"{group.Items}"),
            ("invites", response.OpenInvites == 0 ? "" : $"{response.OpenInvites} open"),
            ("id", group.Id));
        run.Answer.Line();
        MemberListVerb.Print(run, response.Members);
        return Verb.Ok;
    }
}
