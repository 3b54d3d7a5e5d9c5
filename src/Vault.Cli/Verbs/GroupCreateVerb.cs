using System.CommandLine;
using Vault.Cli.Documents;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>Makes a group.</summary>
internal static class GroupCreateVerb
{
    private static readonly Argument<string> _name = new("name") { Description = "The group's name. The relay never learns it." };

    private static readonly Option<string?> _description = new("--description") { Description = "What it is for.", HelpName = "text" };

    public static Command Create() => Verb.Create("create", "Make a group; you are its owner.", RunAsync, _name, _description);

    private static async Task<ExitCode> RunAsync(Invocation run, CancellationToken cancellation)
    {
        var groups = await run.GroupsAsync(cancellation);
        var response = await run.Notices.WhileAsync(
            "making the group",
            groups.CreateGroupAsync(
                new CreateGroupRequest { Name = run.Value(_name), Description = run.Value(_description) ?? "" },
                cancellationToken: cancellation).ResponseAsync);
        if (run.Json)
        {
            run.Answer.Document(
                new GroupDocument("svault.group.create/v1", GroupPart.Of(response.Group), null, null, null),
                Documents.Json.Default.GroupDocument);
        }
        else
        {
            run.Answer.Line($"Made {response.Group.Name} ({response.Group.Id}).");
        }

        return Verb.Ok;
    }
}
