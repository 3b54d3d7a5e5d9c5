using System.CommandLine;
using Vault.Cli.Shell;

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

    /// <summary>The group, by name or id, that most verbs of people take.</summary>
    internal static Argument<string> Argument() => new("group") { Description = "The group's name or id." };
}
