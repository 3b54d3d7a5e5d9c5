using System.CommandLine;
using Vault.Cli.Shell;
using Vault.Ipc.V1;

namespace Vault.Cli.Verbs;

/// <summary>member list, role, remove.</summary>
internal static class MemberVerb
{
    public static Command Create() =>
        Verb.Group("member", "The members of a group.", MemberListVerb.Create(), MemberRoleVerb.Create(), MemberRemoveVerb.Create());

    /// <summary>Who is meant, before anybody is asked about them.</summary>
    internal static async Task<ShowMemberResponse> FindAsync(
        Invocation run, Argument<string> group, Argument<string> member, CancellationToken cancellation) =>
        await (await run.MembersAsync(cancellation)).ShowMemberAsync(
            new ShowMemberRequest { Group = run.Value(group), Member = run.Value(member) }, cancellationToken: cancellation);

    internal static Argument<string> Argument() => new("member") { Description = "The member's name or account id." };
}
