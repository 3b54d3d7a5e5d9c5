using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Leaves a group.</summary>
internal static class GroupLeaveVerb
{
    private static readonly Argument<string> _group = GroupVerb.Argument();

    public static Command Create() => Verb.Create("leave", "Leave a group.", RunAsync, _group);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var groups = await run.GroupsAsync(cancellation);
        var group = await GroupVerb.FindAsync(run, _group, cancellation);
        run.Ask.Confirm($"Leave {Names.OrId(group.Name, group.Id)}? You will not read it any more.");
        var response = await run.Notices.WhileAsync(
            "leaving", groups.LeaveGroupAsync(new LeaveGroupRequest { Group = group.Id }, cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new GroupLeaveDocument("svault.group.leave/v1", GroupPart.Of(response.Group), response.Seq),
                Documents.Json.Default.GroupLeaveDocument);
        }
        else
        {
            run.Answer.Line($"Left {response.Group.Name}.");
        }

        return Verb.Ok;
    }
}
