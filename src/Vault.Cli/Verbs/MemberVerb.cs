using System.CommandLine;
using Vault.Cli.Shell;

namespace Vault.Cli.Verbs;

/// <summary>member list, role, remove.</summary>
internal static class MemberVerb
{
    public static Command Create() =>
        Verb.Group("member", "The members of a group.", MemberListVerb.Create(), MemberRoleVerb.Create(), MemberRemoveVerb.Create());

    internal static Argument<string> Argument() => new("member") { Description = "The member's name or account id." };
}
