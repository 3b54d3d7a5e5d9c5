using System.CommandLine;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>group create, list, show, leave, log, code, evidence, adopt-relay, adopt-mine.</summary>
internal static class GroupVerb
{
    public static Command Create() => Verb.Group(
        "group",
        "People who share items.",
        GroupCreateVerb.Create(),
        GroupListVerb.Create(),
        GroupShowVerb.Create(),
        GroupLeaveVerb.Create(),
        GroupLogVerb.Create(),
        GroupCodeVerb.Create(),
        GroupEvidenceVerb.Create(),
        GroupAdoptRelayVerb.Create(),
        GroupAdoptMineVerb.Create());

    /// <summary>Which group is meant, before anybody is asked about it.</summary>
    internal static async Task<GroupView> FindAsync(Invocation run, Argument<string> group, CancellationToken cancellation) =>
        (await (await run.GroupsAsync(cancellation)).ShowGroupAsync(new ShowGroupRequest { Group = run.Value(group) }, cancellationToken: cancellation)).Group;

    /// <summary>The group, by name or id, that most verbs of people take.</summary>
    internal static Argument<string> Argument() => new("group") { Description = "The group's name or id." };
}
